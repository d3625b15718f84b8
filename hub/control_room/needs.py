"""What needs a person now: alarms, referrals, terminals, duties. Ranked; within a rank the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from hub.control_room.duties import shift_of, shortened, unmanned
from hub.control_room.feed_lines import feed_line, happened_at
from hub.control_room.referral_view import Card, cards
from hub.control_room.rules import Level
from hub.control_room.terminals import TerminalLine
from hub.control_room.words import ALARMS
from hub.movements.alarms import OpenAlarm, open_alarms
from hub.movements.orders.standing import Reach, reaches
from hub.movements.orders.words import KINDS
from hub.movements.referral_rules import Status
from hub.movements.standing import overdue
from hub.reception.words import RULES, in_words
from hub.sentences import Sentence
from hub.web.language import say_in

_TIMES: Final = "%(count)s times"
_PERHAPS: Final = "Perhaps %(name)s"


class Need(msgspec.Struct, frozen=True):
    """One line of the list; `rank` 1 is the most urgent. `holder` is the name of who has it.

    What opens it: `panel`, the address of what to show and do about it; `feed_id`, a line of the feed; `page`, a page
    to go to; or the terminal.
    """

    key: str
    kind: str
    rank: int
    title: str
    detail: str
    at: datetime | None
    terminal: str
    feed_id: int | None
    holder: str = ""
    panel: str = ""
    page: str = ""


_RANK_OF_REFERRAL: Final = {Status.WAITING: 3, Status.ESCALATED: 2}
_RANK_OF_LEVEL: Final = {Level.DOWN.value: 2, Level.TROUBLE.value: 4, Level.UNKNOWN.value: 5}


def needs(session: Session, terminals: Sequence[TerminalLine], now: datetime, language: str) -> list[Need]:
    """Everything open as of now, said in `language`."""
    found = [_of_terminal(line, language) for line in terminals if line.level in _RANK_OF_LEVEL]
    found += [_of_alarm(alarm, terminals, language) for alarm in open_alarms(session, now)]
    found += [_of_referral(card, language) for card in cards(session, now)]
    found += [_of_order(reach, language) for reach in reaches(session, now)]
    found += [*_of_posts(session, now, language), *_of_reviews(session, now, language)]
    return sorted(found, key=lambda need: (need.rank, -(need.at or now).timestamp()))


def _of_alarm(alarm: OpenAlarm, terminals: Sequence[TerminalLine], language: str) -> Need:
    place = next((line.place for line in terminals if line.name == alarm.terminal), "")
    times = "" if alarm.count == 1 else say_in(language, _TIMES, count=alarm.count)
    return Need(
        key=f"alarm-{alarm.what}-{alarm.terminal}",
        kind="alarm",
        rank=1,
        title=say_in(language, in_words(ALARMS, alarm.what)),
        detail=". ".join(part for part in (place, times) if part),
        at=happened_at(feed_line(alarm.newest)),
        terminal=alarm.terminal,
        feed_id=alarm.newest.id,
        holder=alarm.taken_by or "",
        panel=f"/control-room/alarms/{alarm.newest.id}",
    )


def _of_order(reach: Reach, language: str) -> Need:
    order, behind = reach.order, len(reach.not_yet) + len(reach.away)
    late = Sentence("%(count)s terminals do not act by it yet", {"count": behind})
    where = ", ".join([*order.zones, *order.terminals]) or say_in(language, "whole site")
    said = say_in(language, late if behind else Sentence("Every terminal acts by it"))
    return Need(
        key=f"order-{order.number}",
        kind="order",
        rank=1,
        title=say_in(language, KINDS[order.kind]),
        detail=f"{where}. {said}",
        at=order.since_at,
        terminal="",
        feed_id=None,
        page="/orders",
    )


def _of_referral(card: Card, language: str) -> Need:
    perhaps = say_in(language, _PERHAPS, name=card.name) if card.name else ""
    return Need(
        key=f"referral-{card.id}",
        kind="referral",
        rank=_RANK_OF_REFERRAL.get(card.status, 1),
        title=say_in(language, in_words(RULES, card.rule)),
        detail=". ".join(part for part in (card.place, perhaps) if part),
        at=card.opened_at,
        terminal=card.terminal,
        feed_id=None,
        holder=card.holder,
        panel=f"/referrals/{card.id}",
    )


def _of_posts(session: Session, now: datetime, language: str) -> list[Need]:
    lines, supervisors = shift_of(session, now)
    empty = unmanned(session, lines, now)
    if not empty:
        return []
    said = Sentence("The shift supervisor answers: %(name)s.", {"name": ", ".join(supervisors)})
    nobody = Sentence("Nobody has the shift: referrals there are nobody's.")
    return [
        Need(
            key="posts",
            kind="duty",
            rank=5 if supervisors else 4,
            title=say_in(language, "No officer on post"),
            detail=f"{shortened(empty)}. {say_in(language, said if supervisors else nobody)}",
            at=None,
            terminal="",
            feed_id=None,
            page="/posts",
        )
    ]


def _of_reviews(session: Session, now: datetime, language: str) -> list[Need]:
    late = overdue(session, now)
    if not late:
        return []
    return [
        Need(
            key="reviews",
            kind="duty",
            rank=5,
            title=say_in(language, "Standing procedures to review"),
            detail=say_in(language, "%(count)s overdue", count=late),
            at=None,
            terminal="",
            feed_id=None,
            page="/standing",
        )
    ]


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
