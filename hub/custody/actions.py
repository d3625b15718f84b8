"""People and their stays: registering, booking, the first order and home. The caller holds the transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.facts.actions import Statement, state, take_turns
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import ORDER, OrderToHold
from hub.custody.merging.reading import family_of, lead_of
from hub.custody.records import Booking, Counter, Person
from hub.custody.rules import OrderFacts, PersonFacts
from hub.custody.search.projection import refresh
from hub.custody.stays import HOME, Home
from hub.sentences import RefusedError, Sentence
from hub.web.formats import start_of


def register_person(
    session: Session, facts: PersonFacts, *, actor: Actor, at: datetime, born_estimated: bool = False
) -> Person:
    """Somebody new, with the next number of the series P-000001."""
    person = Person(
        number=f"P-{next_number(session, 'person'):06d}",
        surname=facts.surname,
        given=facts.given,
        born_on=facts.born_on,
        sex=facts.sex.value,
        created_at=at,
    )
    session.add(person)
    session.flush()
    value = Identity(
        surname=facts.surname,
        given=facts.given,
        born_on=facts.born_on,
        born_estimated=born_estimated,
        sex=facts.sex,
    )
    state(session, person.id, Statement(IDENTITY, value, at), actor=actor, at=at)
    return person


def open_booking(
    session: Session, person: Person, *, admitted_at: datetime, recorded_at: datetime, by: str
) -> Booking:
    """A new stay, under the number that leads where files are joined; RefusedError while another one is open."""
    person = session.get_one(Person, lead_of(session, person.id))
    take_turns(session, person.id)
    if open_booking_of(session, person.id) is not None:
        raise RefusedError(
            "already_inside",
            Sentence("%(number)s is in custody already. Open that file instead.", {"number": person.number}),
        )
    booking = Booking(
        number=f"B-{next_number(session, 'booking'):06d}",
        person=person,
        admitted_at=admitted_at,
        recorded_at=recorded_at,
        recorded_by=by,
    )
    session.add(booking)
    refresh(session, [person.id])
    return booking


def record_order(
    session: Session, booking: Booking, facts: OrderFacts, *, recorded_at: datetime, actor: Actor
) -> Fact:
    """The authority for a stay, as it reads; in effect from the day it was issued."""
    reference = facts.reference.strip()
    value = OrderToHold(
        kind=facts.kind, reference=reference, issued_on=facts.issued_on, expires_on=facts.expires_on
    )
    statement = Statement(ORDER, value, start_of(facts.issued_on), source=reference, booking_id=booking.id)
    return state(session, booking.person_id, statement, actor=actor, at=recorded_at)


def assign_home(
    session: Session,
    booking: Booking,
    zone_code: str,
    *,
    effective_at: datetime,
    recorded_at: datetime,
    actor: Actor,
    cell: str = "",
) -> Fact:
    """Where the person lives from `effective_at` on."""
    statement = Statement(HOME, Home(zone=zone_code, cell=cell), effective_at, booking_id=booking.id)
    return state(session, booking.person_id, statement, actor=actor, at=recorded_at)


def open_booking_of(session: Session, person_id: int) -> Booking | None:
    """The stay that has not ended, under whichever number of the person."""
    family = family_of(session, person_id)
    return session.scalar(select(Booking).where(Booking.person_id.in_(family), Booking.released_at.is_(None)))


def next_number(session: Session, series: str) -> int:
    """The next number of a series, given out once; the series' row stays locked until the transaction ends."""
    raised = update(Counter).where(Counter.series == series).values(last=Counter.last + 1)
    number: int | None = session.scalar(raised.returning(Counter.last))
    if number is None:
        session.add(Counter(series=series, last=1))
        session.flush()
        return 1
    return number
