"""Finding people and the facts about them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import Held, holding, one
from hub.custody.facts.records import Fact
from hub.custody.legal import ORDER, OrderToHold
from hub.custody.records import Booking, Person
from hub.custody.stays import HOME, Home

PAGE = 50
_BY_NUMBER: Final = select(Person).where(Person.number == bindparam("number"))
_BY_ID: Final = select(Person).where(Person.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Found:
    """A page of people and how many there are in all."""

    people: list[Person]
    total: int


def person_by_number(session: Session, number: str) -> Person | None:
    """The person with this number, however it was typed."""
    return session.scalar(_BY_NUMBER, {"number": number.strip().upper()})


def in_custody(session: Session) -> int:
    """How many stays are open: the roll."""
    return session.scalar(select(func.count()).select_from(Booking).where(Booking.released_at.is_(None))) or 0


def ids_in_custody(session: Session) -> set[int]:
    """Persons with an open stay."""
    return set(session.scalars(select(Booking.person_id).where(Booking.released_at.is_(None))))


def names(session: Session, person_ids: Collection[int]) -> dict[int, Person]:
    """People by id."""
    if not person_ids:
        return {}
    rows = session.scalars(_BY_ID, {"ids": list(person_ids)})
    return {person.id: person for person in rows}


def find_people(session: Session, text: str, *, page: int = 1, inside: bool = False) -> Found:
    """People whose number or name holds each word of `text`; by surname, those in custody or not.

    `inside` leaves out whoever has no open stay.
    """
    matching = _matching(text)
    if inside:
        held = select(Booking.person_id).where(Booking.released_at.is_(None))
        matching = matching.where(Person.id.in_(held))
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    ordered = matching.order_by(Person.surname, Person.given, Person.id)
    rows = session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE))
    return Found(list(rows.all()), total)


def home_of(session: Session, booking_id: int) -> Home | None:
    """Where the person of a stay lives, as last recorded."""
    rows = session.scalars(select(Fact).where(Fact.booking_id == booking_id, Fact.kind == HOME.name))
    held = one(holding(HOME, rows))
    return None if held is None else held.value


def orders_of(session: Session, booking_id: int) -> list[Held[OrderToHold]]:
    """Orders of a stay as they stand, without those that a later row corrects, ends or withdraws."""
    rows = session.scalars(select(Fact).where(Fact.booking_id == booking_id, Fact.kind == ORDER.name))
    return holding(ORDER, rows)


def _matching(text: str) -> Select[Person]:
    found = select(Person)
    for word in text.split()[:6]:
        inside = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found = found.where(
            or_(
                Person.number.ilike(inside, escape="\\"),
                Person.surname.ilike(inside, escape="\\"),
                Person.given.ilike(inside, escape="\\"),
            )
        )
    return found
