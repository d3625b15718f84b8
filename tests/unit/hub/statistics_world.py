"""A register made by hand for figures: stays with their facts at stated times, and a slow second reckoning of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import OPERATOR, Actor
from hub.custody.actions import open_booking, register_person
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.facts.actions import Statement, correct, end, state, withdraw
from hub.custody.facts.kinds import Kind
from hub.custody.facts.reading import holding
from hub.custody.facts.records import Fact
from hub.custody.legal import LEGAL_STATUS, LegalStatus, ReleaseReason, Status
from hub.custody.records import Booking, Person
from hub.custody.rules import PersonFacts, Sex
from hub.custody.stays import ADMISSION, RELEASE, Admission, Release
from hub.database import session_scope
from hub.statistics.cells import Figures
from hub.statistics.indicators import compute
from hub.statistics.periods import Period
from hub.web.formats import start_of

from .site_world import World

RITA = Actor("rita", "10.0.0.1")
JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))


def at(text: str, hour: int = 12) -> datetime:
    """An hour of a day at the site."""
    return start_of(date.fromisoformat(text)) + timedelta(hours=hour)


@dataclass
class Register:
    """`world.at` is when things are recorded, unless `known` says otherwise."""

    world: World

    def admit(
        self, when: datetime, *, known: datetime | None = None, sex: Sex = Sex.MALE,
        born: date | None = date(1990, 5, 1), status: LegalStatus | None = LegalStatus.REMAND,
        person: Person | None = None,
    ) -> Booking:  # fmt: skip
        known = known or when
        with session_scope(self.world.sessions) as session:
            if person is None:
                person = register_person(
                    session, PersonFacts("Novelo", "A", born, sex), actor=OPERATOR, at=known
                )
            booking = open_booking(session, person, admitted_at=when, recorded_at=known, by="rita")
            self._state(session, booking, ADMISSION, Admission(admitted_at=when), when, known)
            if status is not None:
                self._state(session, booking, LEGAL_STATUS, Status(status=status), when, known)
        return booking

    def state(
        self, booking: Booking, kind: Kind[Any], value: Any, when: datetime, known: datetime | None = None
    ) -> Fact:
        with session_scope(self.world.sessions) as session:
            return self._state(session, booking, kind, value, when, known or when)

    def release(
        self, booking: Booking, when: datetime, *, known: datetime | None = None,
        reason: ReleaseReason = ReleaseReason.BAIL,
    ) -> Fact:  # fmt: skip
        value = Release(
            released_at=when, reason=reason, reference="R 1", by="a", second="b", identity="finger"
        )
        return self.state(booking, RELEASE, value, when, known)

    def escape(self, booking: Booking, when: datetime, *, known: datetime | None = None) -> Fact:
        return self.state(
            booking, AT_LARGE, AtLarge(how=How.ESCAPED, since_at=when, police="P 1"), when, known
        )

    def retake(self, row: Fact, when: datetime) -> None:
        with session_scope(self.world.sessions) as session:
            held = session.get_one(Fact, row.id)
            end(session, held, AT_LARGE, effective_at=when, reason="found", actor=RITA, at=when)

    def take_back(self, row: Fact, kind: Kind[Any], known: datetime) -> None:
        with session_scope(self.world.sessions) as session:
            withdraw(session, session.get_one(Fact, row.id), kind, reason="wrong", actor=RITA, at=known)

    def correct_admission(self, booking: Booking, when: datetime, known: datetime) -> None:
        with session_scope(self.world.sessions) as session:
            row = session.scalars(
                select(Fact)
                .where(Fact.booking_id == booking.id, Fact.kind == ADMISSION.name)
                .order_by(Fact.id.desc())
            ).first()
            assert row is not None
            statement = Statement(
                ADMISSION, Admission(admitted_at=when), when, "paper 2", booking_id=booking.id
            )
            correct(session, row, statement, reason="misread", actor=RITA, at=known)

    def figures(self, *periods: Period, known: datetime | None = None) -> Figures:
        with session_scope(self.world.sessions, writes=False) as session:
            return compute(session, periods or (JANUARY,), at=self.world.at, known_at=known)

    def _state(
        self, session: Session, booking: Booking, kind: Kind[Any], value: Any, when: datetime, known: datetime
    ) -> Fact:
        statement = Statement(kind, value, when, source="paper 1", booking_id=booking.id)
        return state(session, booking.person_id, statement, actor=RITA, at=known)


def held_slowly(session: Session, moment: datetime, known: datetime) -> dict[LegalStatus | None, int]:
    """How many are held at a moment, by legal status, read off the facts one stay at a time."""
    found: dict[LegalStatus | None, int] = {}
    for booking in session.scalars(select(Booking).where(Booking.recorded_at <= known)):
        rows = session.scalars(select(Fact).where(Fact.booking_id == booking.id)).all()
        came = holding(ADMISSION, rows, known_at=known)
        gone = holding(RELEASE, rows, known_at=known)
        just_before = moment - timedelta(microseconds=1)
        away = holding(AT_LARGE, rows, effective_at=just_before, known_at=known)
        if not came or came[0].value.admitted_at >= moment or away:
            continue
        if gone and gone[0].value.released_at < moment:
            continue
        status = holding(LEGAL_STATUS, rows, effective_at=just_before, known_at=known)
        key = status[0].value.status if status else None
        found[key] = found.get(key, 0) + 1
    return found


def happened_slowly(session: Session, period: Period, known: datetime) -> tuple[int, int]:
    """Admissions and releases of a period, one stay at a time."""
    came = gone = 0
    for booking in session.scalars(select(Booking).where(Booking.recorded_at <= known)):
        rows = session.scalars(select(Fact).where(Fact.booking_id == booking.id)).all()
        admitted = holding(ADMISSION, rows, known_at=known)
        released = holding(RELEASE, rows, known_at=known)
        came += sum(period.begins_at <= one.value.admitted_at < period.ends_at for one in admitted)
        gone += sum(period.begins_at <= one.value.released_at < period.ends_at for one in released)
    return came, gone
