"""Alarms as they stand: the queue of the open ones, one with its steps, and those of the past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.movements.alarms.codes import Code, code_of
from hub.movements.alarms.records import Alarm, AlarmStep, AlarmTrial
from hub.movements.alarms.rules import place_in_queue
from hub.movements.records import Checkpoint, Zone
from hub.sentences import Sentence
from hub.web.kept_sentences import read_sentence

MOST_OPEN: Final = 2_000
"""Open alarms read at once, the most urgent codes and the newest first: more are one flood."""


@dataclass(frozen=True)
class OpenAlarm:
    """One alarm with its place and person in words. `zone` and `checkpoint` are codes, the others names."""

    id: int
    code: str
    key: str
    rank: int
    words: Sentence | None
    evidence: dict[str, Any]
    zone_id: int | None
    zone: str | None
    zone_name: str | None
    checkpoint: str | None
    place: str | None
    terminal: str | None
    person_id: int | None
    person: str | None
    person_name: str | None
    feed_item_id: int
    raised_at: datetime
    last_at: datetime
    asked_at: datetime
    count: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    assigned_to: str | None
    escalation: int
    escalated_at: datetime | None
    over_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    close_reason: str | None

    @property
    def kind(self) -> Code:
        return code_of(self.code)

    @property
    def title(self) -> Sentence:
        """What happened, in the fullest words there are."""
        return self.words or self.kind.words

    @property
    def holder(self) -> str:
        """Login of who has it, empty when nobody does."""
        return self.assigned_to or self.acknowledged_by or ""


def open_alarms(session: Session, now: datetime) -> list[OpenAlarm]:
    """What nobody has closed, the most urgent first; `now` leaves out what was raised after it."""
    wanted = _alarms().where(Alarm.closed_at.is_(None), Alarm.raised_at <= now)
    rows = session.execute(wanted.order_by(Alarm.rank, Alarm.id.desc()).limit(MOST_OPEN))
    return sorted(_told(rows), key=place_in_queue)


def alarm_with(session: Session, number: int) -> OpenAlarm | None:
    """One alarm, open or closed; None when there is none of this number."""
    return next(iter(_told(session.execute(_alarms().where(Alarm.id == number)))), None)


def alarms_with(session: Session, numbers: Sequence[int]) -> list[OpenAlarm]:
    """Alarms of these numbers, open or closed, the most urgent first."""
    rows = session.execute(_alarms().where(Alarm.id.in_(numbers)))
    return sorted(_told(rows), key=place_in_queue)


def steps_of(session: Session, number: int) -> list[AlarmStep]:
    """Everything that happened to an alarm, oldest first."""
    wanted = select(AlarmStep).where(AlarmStep.alarm_id == number)
    return list(session.scalars(wanted.order_by(AlarmStep.id)))


def raised_between(session: Session, from_at: datetime, until_at: datetime, most: int) -> list[OpenAlarm]:
    """Alarms first raised in a time, the newest first."""
    wanted = _alarms().where(Alarm.raised_at >= from_at, Alarm.raised_at < until_at)
    return _told(session.execute(wanted.order_by(Alarm.id.desc()).limit(most)))


def left_open(session: Session, before_at: datetime, most: int) -> list[OpenAlarm]:
    """Alarms first raised before a time that nobody has closed since, the newest first."""
    wanted = _alarms().where(Alarm.raised_at < before_at, Alarm.closed_at.is_(None))
    return _told(session.execute(wanted.order_by(Alarm.id.desc()).limit(most)))


@dataclass(frozen=True)
class Trial:
    """The test alarm of a shift. `by` is whoever answered it, None with `answered_at` where nobody did."""

    shift_at: datetime
    rang_at: datetime
    answered_at: datetime | None
    by: str | None


def trials_between(session: Session, from_at: datetime, until_at: datetime) -> list[Trial]:
    """Test alarms that rang in a time, the newest first."""
    rows = session.execute(
        select(AlarmTrial.shift_at, Alarm.raised_at, Alarm.acknowledged_at, Alarm.acknowledged_by)
        .join(Alarm, Alarm.id == AlarmTrial.alarm_id)
        .where(Alarm.raised_at >= from_at, Alarm.raised_at < until_at)
        .order_by(AlarmTrial.id.desc())
    )
    return [Trial(shift_at, rang_at, answered_at, by) for shift_at, rang_at, answered_at, by in rows]


def newest_step(session: Session) -> int:
    """Rises with everything that happens to any alarm."""
    return session.scalar(select(func.max(AlarmStep.id))) or 0


def acknowledged(session: Session, code: str, keys: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """Login and time of whoever acknowledged each of these causes, open or closed; those nobody has are left out."""
    wanted = select(Alarm.key, Alarm.acknowledged_by, Alarm.acknowledged_at)
    rows = session.execute(wanted.where(Alarm.code == code, Alarm.key.in_(keys)).order_by(Alarm.id))
    return {key: (by, at) for key, by, at in rows if by is not None and at is not None}


def _told(rows: Iterable[Any]) -> list[OpenAlarm]:
    return [_alarm(alarm, zone, place, person) for alarm, zone, place, person in rows]


def _alarms() -> Select[Alarm, Zone, str, Person]:
    return (
        select(Alarm, Zone, Checkpoint.name, Person)
        .outerjoin(Zone, Zone.id == Alarm.zone_id)
        .outerjoin(Checkpoint, Checkpoint.code == Alarm.checkpoint)
        .outerjoin(Person, Person.id == Alarm.person_id)
    )


def _alarm(row: Alarm, zone: Zone | None, place: str | None, person: Person | None) -> OpenAlarm:
    return OpenAlarm(
        id=row.id,
        code=row.code,
        key=row.key,
        rank=row.rank,
        words=None if row.words is None else read_sentence(row.words),
        evidence=row.evidence,
        zone_id=row.zone_id,
        zone=None if zone is None else zone.code,
        zone_name=None if zone is None else zone.name,
        checkpoint=row.checkpoint,
        place=place,
        terminal=row.terminal,
        person_id=row.person_id,
        person=None if person is None else person.number,
        person_name=None if person is None else f"{person.surname.upper()}, {person.given}",
        feed_item_id=row.feed_item_id,
        raised_at=row.raised_at,
        last_at=row.last_at,
        asked_at=row.asked_at,
        count=row.count,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        assigned_to=row.assigned_to,
        escalation=row.escalation,
        escalated_at=row.escalated_at,
        over_at=row.over_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        close_reason=row.close_reason,
    )
