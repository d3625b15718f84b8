"""Juveniles who live where adults live. They are few, so each of their places is looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import by_person, holding
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.custody.stays import HOME, Home
from hub.docket.limits import ADULT_YEARS, Limits
from hub.web.formats import SITE_ZONE

_AT_ONCE: Final = 5_000
"""People asked for at once; databases take no longer lists."""
_READ_AT_ONCE: Final = 10_000


def among_adults(
    session: Session, limits: Limits, at: datetime, person_ids: Collection[int] | None = None
) -> frozenset[int]:
    """Persons under age who share a cell, or a zone where no cell is allotted, with somebody of age.

    Of `person_ids` alone where they are given, so that a look at few costs little.
    """
    grown_since = _years_before(at.astimezone(SITE_ZONE).date(), limits.number(ADULT_YEARS))
    inside = select(Person.id).join(Booking).where(Booking.released_at.is_(None))
    young = list(session.scalars(inside.where(Person.born_on > grown_since)))
    if person_ids is not None:
        young = list(set(young).intersection(person_ids))
    places = _places(session, young, at)
    if not places:
        return frozenset()
    grown = inside.where(or_(Person.born_on.is_(None), Person.born_on <= grown_since))
    near = _ever_at(session, grown, set(places.values()))
    shared = set(_places(session, near, at).values())
    return frozenset(person_id for person_id, place in places.items() if place in shared)


def _ever_at(session: Session, people: Select[int], names: Collection[str]) -> list[int]:
    """Those of the people who may ever have lived at one of these places."""
    wanted = select(Fact.person_id, Fact.value).where(
        Fact.kind == HOME.name, Fact.person_id.in_(people.scalar_subquery())
    )
    homes = msgspec.json.Decoder(Home)
    found: set[int] = set()
    # Of thousands who live somewhere only these are looked at closely.
    for person_id, value in session.execute(wanted.execution_options(yield_per=_READ_AT_ONCE)):
        try:
            home = homes.decode(value)
        except msgspec.MsgspecError:
            continue  # that file is on the docket for it
        if (home.cell or home.zone) in names:
            found.add(person_id)
    return sorted(found)


def _places(session: Session, people: Sequence[int], at: datetime) -> dict[int, str]:
    """Where these people live."""
    found: dict[int, str] = {}
    for start in range(0, len(people), _AT_ONCE):
        here = people[start : start + _AT_ONCE]
        wanted = select(Fact).where(Fact.kind == HOME.name, Fact.person_id.in_(here))
        for person_id, rows in by_person(session.scalars(wanted)).items():
            try:
                held = holding(HOME, rows, effective_at=at)
            except msgspec.MsgspecError:
                continue
            if held:
                newest = max(held, key=lambda one: (one.row.effective_at, one.row.id))
                found[person_id] = newest.value.cell or newest.value.zone
    return found


def _years_before(day: date, years: int) -> date:
    """Whoever was born on this day or before has completed these years."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28)
