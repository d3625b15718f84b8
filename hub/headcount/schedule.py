"""The hours at which counts are held, what is due by them, and what nobody held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import Sessions, session_scope
from hub.headcount.leading import Asked, announce
from hub.headcount.limits import Hour, Rules, rules_at
from hub.headcount.records import Headcount, HeadcountRules, HeadcountStep, HeadcountUnit
from hub.headcount.running import PAPER_ALARM, newest
from hub.headcount.states import ENDED, State
from hub.headcount.turning import SCHEDULE, note, raise_alarm_line
from hub.movements import feed
from hub.movements.records import FeedItem, FeedKind
from hub.movements.site.tree import load as load_tree
from hub.pace import is_over
from hub.sentences import RefusedError
from hub.web.formats import SITE_ZONE

LOOK_EVERY: Final = timedelta(seconds=5)
NOT_FROZEN: Final = "NOT_FROZEN"
"""Step of a count for which movement was not stopped in time."""


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
        if not is_over(self._looked_at, LOOK_EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            rules, adopted = (
                rules_at(session, now),
                session.scalar(select(func.min(HeadcountRules.effective_at))),
            )
            waiting = [due for due in due_hours(session, now) if due.count is None and due.announce_at <= now]
            late = _late_units(session, now)
            moving = _not_frozen(session, now - timedelta(seconds=rules.freeze_late_s))
            paper = paper_missing(session, rules, now)
            has_units = bool(load_tree(session).units())
        if not has_units:
            waiting = []
        # A schedule that nobody has set yet is a proposal; what lies before the first one was nobody's to hold.
        waiting = [due for due in waiting if adopted is not None and due.freeze_at >= adopted]
        done = sum(self._call_for(due, rules, now) for due in waiting)
        done += self._warn(late, now) if late else 0
        done += sum(self._say_moving(number, now) for number in moving)
        return done + (self._say_paper(paper, now) if paper else 0)

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

    def _say_moving(self, number: int, now: datetime) -> int:
        """Movement was to stop, and nobody stopped it. Its own step says that it was said."""
        with session_scope(self._sessions) as session:
            count = session.get_one(Headcount, number, with_for_update=True, populate_existing=True)
            if State(count.state) is not State.ANNOUNCED or _said(session, number, NOT_FROZEN):
                return 0
            note(session, count, NOT_FROZEN, SCHEDULE, now)
            raise_alarm_line(session, count, "count_not_frozen", now)
        return 1

    def _say_paper(self, shift: datetime, now: datetime) -> int:
        with session_scope(self._sessions) as session:
            told: dict[str, object] = {"what": PAPER_ALARM, "key": PAPER_ALARM, "at": shift.isoformat()}
            return _say_once(session, told, now)


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


def paper_missing(session: Session, rules: Rules, now: datetime) -> datetime | None:
    """The beginning of this shift, when no running count was made for it in time; None where none ever was made.

    It may be made a little before the hour, so that it lies there when the shift begins.
    """
    last = newest(session)
    grace = timedelta(seconds=rules.not_held_s)
    begun = [at for at in shift_hours(rules, now) if at + grace <= now]
    if last is None or not begun or last.made_at > begun[-1] - grace:
        return None
    return begun[-1]


def shift_hours(rules: Rules, now: datetime) -> list[datetime]:
    """When shifts of yesterday and today begin, by the clock of the site. Pure."""
    today = now.astimezone(SITE_ZONE).date()
    return sorted(
        datetime.combine(day, time(minute // 60, minute % 60), SITE_ZONE).astimezone(now.tzinfo)
        for day in (today - timedelta(days=1), today)
        for minute in rules.shifts
    )


def _not_frozen(session: Session, by: datetime) -> list[int]:
    """Announced counts for which movement was to stop by then."""
    said = select(HeadcountStep.id).where(
        HeadcountStep.headcount_id == Headcount.id, HeadcountStep.step == NOT_FROZEN
    )
    wanted = select(Headcount.id).where(
        Headcount.state == State.ANNOUNCED.value, Headcount.freeze_at < by, ~said.exists()
    )
    return list(session.scalars(wanted))


def _said(session: Session, number: int, step: str) -> bool:
    wanted = select(HeadcountStep.id).where(HeadcountStep.headcount_id == number, HeadcountStep.step == step)
    return session.scalar(wanted.limit(1)) is not None


def _say_missing(session: Session, due: Due, now: datetime) -> int:
    told: dict[str, object] = {
        "what": "count_not_held",
        "key": due.key,
        "slot": due.slot,
        "kind": due.hour.kind.value,
        "at": due.freeze_at.isoformat(),
    }
    return _say_once(session, told, now)


def _say_once(session: Session, told: dict[str, object], now: datetime) -> int:
    """Once for each key and hour: told by what the feed holds, so that a restart does not say it again."""
    recent = session.scalars(
        select(FeedItem.payload).where(
            FeedItem.kind == FeedKind.ALARM.value, FeedItem.at > now - timedelta(hours=25)
        )
    )
    if any(all(one.get(name) == told[name] for name in ("what", "key", "at")) for one in recent):
        return 0
    feed.append(session, [feed.Line(now, FeedKind.ALARM, told)])
    return 1
