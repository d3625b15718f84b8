"""What time alone changes outside: who has not left, who is not back, what a file says meanwhile, and the next days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.away import Away, people_away
from hub.custody.records import Booking, Person
from hub.database import Sessions, session_scope
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.records import Alarm
from hub.movements.external.authorising import Trip, plan_trip
from hub.movements.external.leaving import LOST, NOT_LEFT, OVERDUE, complete
from hub.movements.external.records import Authorisation, Occurrence
from hub.movements.external.rules import Consent, Going, consent_on, going_of
from hub.movements.external.steps import AUTHORISATION, HUB, OCCURRENCE, write_step
from hub.movements.move_limits import Limits, limits
from hub.pace import is_over
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE, start_of

LOOK_EVERY: Final = timedelta(seconds=1)
PLAN_EVERY: Final = timedelta(seconds=60)
BY_ITSELF: Final = Actor(HUB, "")


class AbsenceWatch:
    """One thread calls `tick`, several times a second. Two at once write each step once."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._planned_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look at what is due; gives how many occurrences changed."""
        if not is_over(self._looked_at, LOOK_EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            due = _due(session, now)
            late = _late_by_file(session, now)
        done = 0
        if due or late:
            with session_scope(self._sessions) as session:
                for number in due:
                    done += _advance(session, number, now)
                _ring_by_file(session, _late_by_file(session, now), now)
        return done + self._plan(now)

    def _plan(self, now: datetime) -> int:
        if self._planned_at is not None and timedelta(0) <= now - self._planned_at < PLAN_EVERY:
            return 0
        self._planned_at = now
        with session_scope(self._sessions, writes=False) as session:
            waiting = bool(_to_plan(session, now)) or bool(_expired(session, now))
        if not waiting:
            return 0
        with session_scope(self._sessions) as session:
            return _expire(session, now) + _make(session, now)


def _due(session: Session, now: datetime) -> list[int]:
    """Open occurrences that the clock changes by now, or of which a file says that they are over."""
    timed = select(Occurrence.id).where(Occurrence.closed_at.is_(None), Occurrence.next_at <= now)
    out = select(Occurrence.id, Occurrence.fact_item, Occurrence.person_id).where(
        Occurrence.closed_at.is_(None), Occurrence.left_at.is_not(None)
    )
    held = session.execute(out).all()
    found = set(session.scalars(timed))
    if held:
        standing = {one.held.item for one in people_away(session, now)}
        found |= {row.id for row in held if row.fact_item not in standing}
    gone = (
        select(Occurrence.id)
        .outerjoin(Booking, (Booking.person_id == Occurrence.person_id) & Booking.released_at.is_(None))
        .where(Occurrence.closed_at.is_(None), Booking.id.is_(None))
    )
    return sorted(found | set(session.scalars(gone)))


def _advance(session: Session, number: int, now: datetime) -> int:
    row = session.get(Occurrence, number, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        return 0
    held = session.get_one(Authorisation, row.authorisation_id)
    if _released(session, row.person_id):
        if row.left_at is None:
            row.state, row.closed_at, row.next_at = Going.CANCELLED.value, now, None
            write_step(session, OCCURRENCE, row.id, "CALLED_OFF", occurred_at=now, at=now)
        else:
            complete(session, row, now, "RELEASED", by=HUB, text="", at=now)
        return 1
    if row.left_at is not None and row.fact_item not in {one.held.item for one in people_away(session, now)}:
        complete(session, row, now, "BACK", by=HUB, text="by the file", at=now)
        return 1
    stand = going_of(
        row.leave_at,
        row.due_back_at,
        row.left_at,
        row.back_at,
        cancelled=False,
        now=now,
        limits=limits(session),
    )
    was, row.next_at = row.state, stand.next_at
    if stand.not_left:
        _ring(session, NOT_LEFT, f"occurrence:{row.id}", row, held, now)
        write_step(session, OCCURRENCE, row.id, "NOT_LEFT", occurred_at=now, at=now)
    if stand.state is Going.OVERDUE and was != Going.OVERDUE:
        row.state = Going.OVERDUE.value
        _ring(session, OVERDUE, f"absence:{row.person_id}", row, held, now)
        write_step(session, OCCURRENCE, row.id, "OVERDUE", occurred_at=row.due_back_at, at=now)
    if stand.lost:
        over(session, OVERDUE, f"absence:{row.person_id}", now)
        _ring(session, LOST, f"absence:{row.person_id}", row, held, now)
        write_step(session, OCCURRENCE, row.id, "LOST", occurred_at=now, at=now)
    return 1


_SAID: Final = {
    NOT_LEFT: Sentence("%(number)s was to leave for %(where)s and has not"),
    OVERDUE: Sentence("%(number)s is late coming back: %(where)s"),
    LOST: Sentence("%(number)s has not come back: %(where)s"),
}


def _ring(session: Session, code: str, key: str, row: Occurrence, held: Authorisation, now: datetime) -> None:
    number = session.scalar(select(Person.number).where(Person.id == row.person_id)) or ""
    evidence = {
        "absence": row.id,
        "why": held.why,
        "leave_at": row.leave_at.isoformat(),
        "due_back_at": row.due_back_at.isoformat(),
        "convoy": row.convoy_id,
    }
    words = replace(_SAID[code], values={"number": number, "where": held.where_to})
    raise_alarm(session, Cause(code, key, person_id=row.person_id, evidence=evidence, words=words), now)


@dataclass(frozen=True)
class _Late:
    """Somebody whom a file alone has out, and who should be back."""

    person_id: int
    number: str
    where: str
    due_at: datetime

    @property
    def key(self) -> str:
        return f"absence:{self.person_id}"


def _late_by_file(session: Session, now: datetime) -> list[_Late]:
    """Those of whom nobody was told since they should have been back."""
    grace = timedelta(seconds=limits(session).away_grace_s)
    late = [
        _Late(one.person.id, one.person.number, one.value.where, one.value.due_back_at)
        for one in _by_file_alone(session, now)
        if one.value.due_back_at + grace <= now
    ]
    if not late:
        return []
    rows = session.execute(
        select(Alarm.key, func.max(Alarm.raised_at))
        .where(Alarm.code == OVERDUE, Alarm.key.in_([one.key for one in late]))
        .group_by(Alarm.key)
    )
    told: dict[str, datetime] = {row[0]: row[1] for row in rows}
    return [one for one in late if one.key not in told or told[one.key] < one.due_at]


def _by_file_alone(session: Session, now: datetime) -> list[Away]:
    away = people_away(session, now)
    if not away:
        return []
    planned = set(session.scalars(select(Occurrence.fact_item).where(Occurrence.closed_at.is_(None))))
    return [one for one in away if one.held.item not in planned]


def _ring_by_file(session: Session, late: Sequence[_Late], now: datetime) -> None:
    for one in late:
        words = replace(_SAID[OVERDUE], values={"number": one.number, "where": one.where})
        evidence = {"due_back_at": one.due_at.isoformat()}
        raise_alarm(
            session, Cause(OVERDUE, one.key, person_id=one.person_id, evidence=evidence, words=words), now
        )


def _released(session: Session, person_id: int) -> bool:
    open_one = select(Booking.id).where(Booking.person_id == person_id, Booking.released_at.is_(None))
    return session.scalar(open_one.limit(1)) is None


def _to_plan(session: Session, now: datetime) -> list[tuple[int, Trip]]:
    """Days ahead of absences that come again, and are not planned yet."""
    held: Limits = limits(session)
    until_at = now + timedelta(seconds=held.plan_ahead_s)
    today, last = now.astimezone(SITE_ZONE).date(), until_at.astimezone(SITE_ZONE).date()
    rows = session.scalars(
        select(Authorisation).where(
            Authorisation.state == Consent.APPROVED,
            Authorisation.weekdays != "",
            Authorisation.from_on <= last,
            Authorisation.until_on >= today,
        )
    ).all()
    known = set(
        session.scalars(
            select(Occurrence.source).where(Occurrence.authorisation_id.in_([row.id for row in rows]))
        )
    )
    found = []
    for row in rows:
        for ahead in range((last - today).days + 1):
            on = today + timedelta(days=ahead)
            trip = _trip(row, on)
            within = row.from_on <= on <= row.until_on and str(on.weekday()) in row.weekdays
            if within and trip is not None and trip.source not in known and trip.leave_at > now:
                found.append((row.id, trip))
    return found


def _trip(row: Authorisation, on: date) -> Trip | None:
    if row.leave_s is None or row.back_s is None:
        return None
    midnight = start_of(on)
    leave_at, back_at = midnight + timedelta(seconds=row.leave_s), midnight + timedelta(seconds=row.back_s)
    return Trip(leave_at, back_at, source=f"authorised:{row.id}:{on.isoformat()}")


def _make(session: Session, now: datetime) -> int:
    made = 0
    for number, trip in _to_plan(session, now):
        try:
            plan_trip(session, number, trip, actor=BY_ITSELF, at=now)
        except RefusedError:
            continue  # the person is out then anyway, and the list shows for what
        made += 1
    return made


def _expired(session: Session, now: datetime) -> list[int]:
    today = now.astimezone(SITE_ZONE).date()
    wanted = select(Authorisation.id).where(
        or_(*(Authorisation.state == one for one in (Consent.PENDING, Consent.APPROVED, Consent.PAUSED))),
        Authorisation.until_on < today,
    )
    return list(session.scalars(wanted))


def _expire(session: Session, now: datetime) -> int:
    today, numbers = now.astimezone(SITE_ZONE).date(), _expired(session, now)
    for number in numbers:
        row = session.get_one(Authorisation, number, with_for_update=True, populate_existing=True)
        if (
            consent_on(Consent(row.state), row.until_on, today) is Consent.EXPIRED
            and row.state != Consent.EXPIRED
        ):
            row.state = Consent.EXPIRED.value
            write_step(session, AUTHORISATION, row.id, "EXPIRED", occurred_at=now, at=now)
    return len(numbers)
