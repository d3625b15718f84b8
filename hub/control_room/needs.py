"""What needs a person now: alarms, terminals that are down, referrals. Ranked; within a rank the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.feed_lines import FeedLine, feed_line, happened_at
from hub.control_room.rules import ALARM_SHOWN_FOR, REFERRAL_SHOWN_FOR, Level
from hub.control_room.terminals import TerminalLine
from hub.control_room.words import ALARMS
from hub.movements.records import FeedItem, FeedKind
from hub.reception.words import RULES, in_words
from hub.sentences import Sentence
from hub.web.language import say_in

LOOKED_BACK: Final = 2000
"""Feed items searched for open needs, so that the question costs the same in every year."""


class Need(msgspec.Struct, frozen=True):
    """One line of the list. `feed_id` opens its evidence where there is one; `rank` 1 is the most urgent."""

    key: str
    kind: str
    rank: int
    title: str
    detail: str
    at: datetime | None
    terminal: str
    feed_id: int | None


_RANK_OF_LEVEL: Final = {Level.DOWN.value: 2, Level.TROUBLE.value: 4, Level.UNKNOWN.value: 5}


def needs(session: Session, terminals: Sequence[TerminalLine], now: datetime, language: str) -> list[Need]:
    """Everything open as of now, said in `language`."""
    found = [_of_terminal(line, language) for line in terminals if line.level in _RANK_OF_LEVEL]
    places = {line.name: line.place for line in terminals}
    found += [_of_line(line, places, language) for line in _open_lines(session, now)]
    return sorted(found, key=lambda need: (need.rank, -(need.at or now).timestamp()))


def _open_lines(session: Session, now: datetime) -> list[FeedLine]:
    newest = session.scalar(select(FeedItem.id).order_by(FeedItem.id.desc()).limit(1)) or 0
    rows = session.scalars(
        select(FeedItem)
        .where(FeedItem.id > newest - LOOKED_BACK, FeedItem.at > now - ALARM_SHOWN_FOR)
        .where(FeedItem.kind.in_([FeedKind.PASSAGE.value, FeedKind.ALARM.value]))
    )
    return [line for line in map(feed_line, rows) if _is_open(line, now)]


def _is_open(line: FeedLine, now: datetime) -> bool:
    if line["kind"] == FeedKind.ALARM:
        return True
    return line.get("decision") == "REFER" and now - happened_at(line) < REFERRAL_SHOWN_FOR


def _of_line(line: FeedLine, places: Mapping[str, str], language: str) -> Need:
    alarm = line["kind"] == FeedKind.ALARM
    what = (
        in_words(ALARMS, str(line.get("what", "alarm")))
        if alarm
        else in_words(RULES, str(line.get("rule", "")))
    )
    return Need(
        key=f"feed-{line['id']}",
        kind="alarm" if alarm else "referral",
        rank=1 if alarm else 3,
        title=say_in(language, what),
        detail=places.get(str(line.get("terminal")), ""),
        at=happened_at(line),
        terminal=str(line.get("terminal") or ""),
        feed_id=line["id"],
    )


def _of_terminal(line: TerminalLine, language: str) -> Need:
    title = (
        Sentence("Terminal not connected") if line.level == Level.DOWN else Sentence("Terminal needs care")
    )
    return Need(
        key=f"terminal-{line.name}",
        kind="terminal",
        rank=_RANK_OF_LEVEL[line.level],
        title=say_in(language, title),
        detail=" ".join(line.advice),
        at=line.heard_at,
        terminal=line.name,
        feed_id=None,
    )
