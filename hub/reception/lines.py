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
from hub.movements.site.tree import Tree, load
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.places import Place, places


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
    found, tree = places(session, now, people=ids), load(session)
    return [_row(person, person.id in held, found.get(person.id), tree) for person in people]


def zone_names(session: Session) -> dict[str, str]:
    """Zones in words, by code: a tier is called like the tier of the next block."""
    return dict(once(session, _zone_names))


def _zone_names(session: Session) -> dict[str, str]:
    tree = load(session)
    return {zone.code: tree.path(zone.id) for zone in tree.all()}


def _row(person: Person, held: bool, place: Place | None, tree: Tree) -> PersonRow:
    if place is None:
        return PersonRow(person, held, None, None, unproven=False)
    unproven = held and place.confidence is Confidence.UNPROVEN
    return PersonRow(person, held, tree.path(place.zone_id), place.proven_at, unproven=unproven)
