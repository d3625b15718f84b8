"""Alarms of the feed: open until somebody closes them with a note; the same alarm again is one line, not two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.duty_records import AlarmHandling
from hub.movements.records import FeedItem
from hub.movements.referral_desk import UNANSWERED
from hub.sentences import RefusedError, Sentence

SHOWN_FOR: Final = timedelta(days=30)
"""What nobody closed in a month stays in the feed and the record alone."""
LOOKED_AT: Final = 500
"""Open alarms read at once, newest first: more are one flood, of which the newest tell."""
MAX_NOTE: Final = 200


@dataclass(frozen=True)
class OpenAlarm:
    """Every open alarm of one kind at one terminal: the newest of them, how many, since when, and who has it."""

    newest: FeedItem
    what: str
    terminal: str
    count: int
    first_at: datetime
    taken_by: str | None
    items: tuple[int, ...]


def open_alarms(session: Session, now: datetime) -> list[OpenAlarm]:
    """What nobody has closed, newest first. Unanswered referrals are not among them: they stand there themselves."""
    rows = session.execute(
        select(FeedItem, AlarmHandling.taken_by)
        .outerjoin(AlarmHandling, AlarmHandling.feed_item_id == FeedItem.id)
        .where(
            text("feed_items.kind = 'alarm'"),
            FeedItem.at > now - SHOWN_FOR,
            AlarmHandling.closed_at.is_(None),
        )
        .order_by(FeedItem.at.desc(), FeedItem.id.desc())
        .limit(LOOKED_AT)
    )
    groups: dict[tuple[str, str], list[tuple[FeedItem, str | None]]] = {}
    for item, taken_by in rows:
        what = str(item.payload.get("what", "alarm"))
        if what != UNANSWERED:
            groups.setdefault((what, str(item.payload.get("terminal") or "")), []).append((item, taken_by))
    return [_group(what, terminal, members) for (what, terminal), members in groups.items()]


def alarm_with(session: Session, item_id: int, now: datetime) -> OpenAlarm | None:
    """The open alarm that this feed item belongs to, None when it is closed or no alarm."""
    return next((alarm for alarm in open_alarms(session, now) if item_id in alarm.items), None)


def take_alarm(session: Session, item_id: int, *, actor: Actor, at: datetime) -> None:
    """`actor` looks after it from now on; RefusedError when it is closed."""
    alarm = _still_open(session, item_id, at)
    for item in alarm.items:
        held = session.get(AlarmHandling, item)
        if held is None:
            session.add(AlarmHandling(feed_item_id=item, taken_at=at, taken_by=actor.login))
        else:
            held.taken_at, held.taken_by = at, actor.login
    write_down(session, at=at, actor=actor, act="alarm.take", subject=alarm.terminal, detail=alarm.what)
    session.flush()


def close_alarm(session: Session, item_id: int, note: str, *, actor: Actor, at: datetime) -> None:
    """It is dealt with; RefusedError without a note, or when it is closed. One that comes after it rings anew."""
    alarm, note = _still_open(session, item_id, at), " ".join(note.split())
    if not 3 <= len(note) <= MAX_NOTE:
        raise RefusedError("note", Sentence("Write what was found or done, in at most 200 characters."))
    for item in alarm.items:
        if item > item_id:
            continue  # whoever closes has not seen what came since
        held = session.get(AlarmHandling, item)
        if held is None:
            held = AlarmHandling(feed_item_id=item, taken_at=at, taken_by=actor.login)
            session.add(held)
        held.closed_at, held.closed_by, held.note = at, actor.login, note
    write_down(session, at=at, actor=actor, act="alarm.close", subject=alarm.terminal, detail=alarm.what)
    session.flush()


def _still_open(session: Session, item_id: int, now: datetime) -> OpenAlarm:
    alarm = alarm_with(session, item_id, now)
    if alarm is None:
        raise RefusedError("alarm_closed", Sentence("This alarm is closed already."))
    return alarm


def _group(what: str, terminal: str, members: list[tuple[FeedItem, str | None]]) -> OpenAlarm:
    return OpenAlarm(
        newest=members[0][0],
        what=what,
        terminal=terminal,
        count=len(members),
        first_at=members[-1][0].at,
        taken_by=next((taken_by for _, taken_by in members if taken_by), None),
        items=tuple(item.id for item, _ in members),
    )
