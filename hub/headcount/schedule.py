"""The hours at which counts are held, what is due by them, and what nobody held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import Sessions, session_scope
from hub.headcount.leading import Asked, announce
from hub.headcount.limits import Hour, Rules, rules_at
from hub.headcount.records import Headcount, HeadcountRules, HeadcountUnit
from hub.headcount.states import ENDED
from hub.headcount.turning import SCHEDULE, raise_alarm_line
from hub.movements import feed
from hub.movements.records import FeedItem, FeedKind
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError
from hub.web.formats import SITE_ZONE

LOOK_EVERY: Final = timedelta(seconds=5)


@dataclass(frozen=True)
class Due:
    """A count of the schedule: when movement stops for it, from when it is announced, and the count that it became."""

    hour: Hour
    slot: str
    announce_at: datetime
    freeze_at: datetime
    count: int | None

    missed_at: datetime
    """Nobody held it, if no count stands for it by then."""

    @property
    def key(self) -> str:
        return f"slot:{self.slot}"


def due_hours(session: Session, now: datetime) -> list[Due]:
    """The schedule from half a day ago to half a day ahead, with the counts that were held for it."""
    rules = rules_at(session, now)
    found = slots(rules, now - timedelta(hours=12), now + timedelta(hours=12))
    rows = select(Headcount.slot, Headcount.id).where(Headcount.slot.in_([due.slot for due in found]))
    held = {row.slot: row.id for row in session.execute(rows)}
    return [replace(due, count=held.get(due.slot)) for due in found]


def slots(rules: Rules, since: datetime, until: datetime) -> list[Due]:
    """Every hour of the schedule in [since, until), in order. Pure."""
    wait = timedelta(seconds=rules.announce_s)
    day, found = since.astimezone(SITE_ZONE).date(), []
    while day <= until.astimezone(SITE_ZONE).date():
        for hour in rules.hours:
            clock = time(hour.minute // 60, hour.minute % 60)
            at = datetime.combine(day, clock, SITE_ZONE).astimezone(since.tzinfo)
            if since <= at < until:
                slot = f"{day}T{clock:%H:%M}"
                found.append(Due(hour, slot, at - wait, at, None, at + timedelta(seconds=rules.not_held_s)))
        day += timedelta(days=1)
    return sorted(found, key=lambda due: due.freeze_at)


class CountWatch:
    """Looks every few seconds: what is due, what nobody held, which unit is late. Two at once say things once."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look once; how much was announced or said."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            rules, adopted = rules_at(session, now), session.scalar(select(HeadcountRules.id).limit(1))
            waiting = [due for due in due_hours(session, now) if due.count is None and due.announce_at <= now]
            late = _late_units(session, now)
            has_units = bool(load_tree(session).units())
        if adopted is None or not has_units:
            waiting = []  # a schedule that nobody has set yet is a proposal
        done = sum(self._call_for(due, rules, now) for due in waiting)
        return done + (self._warn(late, now) if late else 0)

    def _call_for(self, due: Due, rules: Rules, now: datetime) -> int:
        if rules.announces_itself and now < due.missed_at:
            with session_scope(self._sessions) as session:
                return announce_slot(session, due, SCHEDULE, now)
        if now < due.missed_at:
            return 0
        with session_scope(self._sessions) as session:
            return _say_missing(session, due, now)

    def _warn(self, late: list[int], now: datetime) -> int:
        with session_scope(self._sessions) as session:
            rows = session.execute(
                select(HeadcountUnit, Headcount)
                .join(Headcount, Headcount.id == HeadcountUnit.headcount_id)
                .where(HeadcountUnit.id.in_(late), HeadcountUnit.warned_at.is_(None))
                .with_for_update()
            ).all()
            for unit, count in rows:
                unit.warned_at = now
                raise_alarm_line(session, count, "count_late_unit", now, unit=unit.code)
        return len(rows)


def announce_slot(session: Session, due: Due, actor: Actor, now: datetime) -> int:
    """Announce the count of one hour of the schedule; 0 while another count still goes on."""
    asked = Asked(due.hour.kind, name=due.hour.name, freeze_at=due.freeze_at, slot=due.slot)
    try:
        announce(session, asked, actor=actor, at=now)
    except RefusedError:
        return 0
    return 1


def _late_units(session: Session, now: datetime) -> list[int]:
    over = [state.value for state in ENDED]
    wanted = (
        select(HeadcountUnit.id)
        .join(Headcount, Headcount.id == HeadcountUnit.headcount_id)
        .where(
            Headcount.state.not_in(over),
            HeadcountUnit.due_at < now,
            HeadcountUnit.warned_at.is_(None),
            HeadcountUnit.counted_at.is_(None),
        )
    )
    return list(session.scalars(wanted))


def _say_missing(session: Session, due: Due, now: datetime) -> int:
    """Once for each hour that nobody held: told by what the feed holds, so that a restart does not say it again."""
    recent = session.scalars(
        select(FeedItem.payload).where(
            FeedItem.kind == FeedKind.ALARM.value, FeedItem.at > now - timedelta(hours=13)
        )
    )
    if any(told.get("what") == "count_not_held" and told.get("slot") == due.slot for told in recent):
        return 0
    told = {"what": "count_not_held", "key": due.key, "slot": due.slot, "kind": due.hour.kind.value}
    feed.append(session, [feed.Line(now, FeedKind.ALARM, {**told, "at": due.freeze_at.isoformat()})])
    return 1
