"""Juveniles who live where adults live. They are few, so each of their places is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import by_person, holding
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.custody.stays import HOME
from hub.docket.limits import ADULT_YEARS, Limits
from hub.web.formats import SITE_ZONE


def among_adults(session: Session, limits: Limits, at: datetime) -> frozenset[int]:
    """Persons under age who share a cell, or a zone where no cell is allotted, with somebody of age."""
    grown_since = _years_before(at.astimezone(SITE_ZONE).date(), limits.number(ADULT_YEARS))
    inside = select(Person.id).join(Booking).where(Booking.released_at.is_(None))
    young = set(session.scalars(inside.where(Person.born_on > grown_since)))
    places = _places(session, young, (), at)
    if not places:
        return frozenset()
    names = sorted(set(places.values()))
    grown = inside.where(or_(Person.born_on.is_(None), Person.born_on <= grown_since)).scalar_subquery()
    shared = set(_places(session, grown, names, at).values())
    return frozenset(person_id for person_id, place in places.items() if place in shared)


def _places(session: Session, people: object, names: Collection[str], at: datetime) -> dict[int, str]:
    """Where these people live; with `names`, only those who may ever have lived at one of them are looked at."""
    wanted = select(Fact).where(Fact.kind == HOME.name, Fact.person_id.in_(people))  # type: ignore[arg-type]
    if names:
        near = select(Fact.person_id).where(Fact.kind == HOME.name, _mentions(names))
        wanted = wanted.where(Fact.person_id.in_(near))
    found: dict[int, str] = {}
    for person_id, rows in by_person(session.scalars(wanted)).items():
        held = holding(HOME, rows, effective_at=at)
        if held:
            newest = max(held, key=lambda one: (one.row.effective_at, one.row.id))
            found[person_id] = newest.value.cell or newest.value.zone
    return found


def _mentions(names: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(Fact.value.contains(f'"{name}"', autoescape=True) for name in names))


def _years_before(day: date, years: int) -> date:
    """Whoever was born on this day or before has completed these years."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28)
