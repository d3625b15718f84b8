"""Rows of the list of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Booking, Person
from hub.custody.search.finding import Hit
from hub.custody.then import Named
from hub.database import once
from hub.movements.records import Position, Zone
from hub.reception.whereabouts import is_unproven


@dataclass(frozen=True)
class PersonRow:
    """Somebody in the list: who, held or not, and where last proven."""

    person: Person | Named | Hit
    in_custody: bool
    zone_name: str | None
    proven_at: datetime | None
    unproven: bool


def rows_of(session: Session, people: Sequence[Person], now: datetime) -> list[PersonRow]:
    """A row for each person, in the same order."""
    ids = [person.id for person in people]
    held = set(
        session.scalars(
            select(Booking.person_id).where(Booking.person_id.in_(ids), Booking.released_at.is_(None))
        )
    )
    places = {
        position.person_id: (position, name)
        for position, name in session.execute(
            select(Position, Zone.name)
            .join(Zone, Zone.id == Position.zone_id)
            .where(Position.person_id.in_(ids))
        )
    }
    return [_row(person, person.id in held, places.get(person.id), now) for person in people]


def zone_names(session: Session) -> dict[str, str]:
    """Names of zones by code."""
    return dict(once(session, _zone_names))


def _zone_names(session: Session) -> dict[str, str]:
    return {row.code: row.name for row in session.execute(select(Zone.code, Zone.name))}


def _row(person: Person, held: bool, place: tuple[Position, str] | None, now: datetime) -> PersonRow:
    if place is None:
        return PersonRow(person, held, None, None, unproven=False)
    position, name = place
    old = held and is_unproven(position.proven_at, now, clock_sure=position.clock_sure)
    return PersonRow(person, held, name, position.proven_at, unproven=old)
