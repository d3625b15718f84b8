"""Adding facts about people in custody. The caller holds the transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.custody.records import Booking, Counter, HomeZone, Order, Person, PersonChange
from hub.custody.rules import OrderFacts, PersonFacts
from hub.database import Series, in_commit_order
from hub.sentences import RefusedError, Sentence


def register_person(session: Session, facts: PersonFacts, *, at: datetime) -> Person:
    """Somebody new, with the next number of the series P-000001."""
    person = Person(
        number=f"P-{_next(session, 'person'):06d}",
        surname=facts.surname,
        given=facts.given,
        born_on=facts.born_on,
        sex=facts.sex.value,
        created_at=at,
    )
    session.add(person)
    session.flush()
    return person


def open_booking(
    session: Session, person: Person, *, admitted_at: datetime, recorded_at: datetime, by: str
) -> Booking:
    """A new stay; RefusedError while another one is open."""
    if open_booking_of(session, person.id) is not None:
        raise RefusedError(
            "already_inside",
            Sentence("%(number)s is in custody already. Open that file instead.", {"number": person.number}),
        )
    booking = Booking(
        number=f"B-{_next(session, 'booking'):06d}",
        person=person,
        admitted_at=admitted_at,
        recorded_at=recorded_at,
        recorded_by=by,
    )
    session.add(booking)
    session.flush()
    return booking


def record_order(
    session: Session, booking: Booking, facts: OrderFacts, *, recorded_at: datetime, by: str
) -> Order:
    """The authority for a stay, as it reads."""
    order = Order(
        booking=booking,
        kind=facts.kind.value,
        reference=facts.reference.strip(),
        issued_on=facts.issued_on,
        effective_on=facts.issued_on,
        expires_on=facts.expires_on,
        recorded_at=recorded_at,
        recorded_by=by,
    )
    session.add(order)
    session.flush()
    return order


def assign_home(
    session: Session,
    booking: Booking,
    zone_code: str,
    *,
    effective_at: datetime,
    recorded_at: datetime,
    by: str,
) -> None:
    """Where the person lives from now on."""
    session.add(
        HomeZone(
            booking_id=booking.id,
            zone_code=zone_code,
            effective_at=effective_at,
            recorded_at=recorded_at,
            recorded_by=by,
        )
    )


def note_change(session: Session, person_id: int, at: datetime) -> None:
    """Say, in the transaction of the change, that terminals have to hear about this person."""
    in_commit_order(session, Series.PERSON_CHANGES)
    session.add(PersonChange(person_id=person_id, changed_at=at))
    session.flush()


def open_booking_of(session: Session, person_id: int) -> Booking | None:
    """The stay that has not ended."""
    return session.scalar(
        select(Booking).where(Booking.person_id == person_id, Booking.released_at.is_(None))
    )


def _next(session: Session, series: str) -> int:
    raised = update(Counter).where(Counter.series == series).values(last=Counter.last + 1)
    number: int | None = session.scalar(raised.returning(Counter.last))
    if number is None:
        session.add(Counter(series=series, last=1))
        session.flush()
        return 1
    return number
