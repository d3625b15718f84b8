"""Whole lists of people to plan for at once: a workshop, a class, a unit, or numbers that were typed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import holding
from hub.custody.facts.records import Fact
from hub.custody.life.occupation import PROGRAMME, WORK
from hub.custody.queries import ids_in_custody
from hub.custody.records import Booking, Person
from hub.movements.passes.records import PassSeries, SeriesMember
from hub.movements.passes.surroundings import homes_of
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence

_BETWEEN: Final = re.compile(r"[\s,;]+")
_LONGEST: Final = 40_000


_IN_SERIES: Final = (
    select(PassSeries.name, SeriesMember.person_id)
    .join(SeriesMember, SeriesMember.series_id == PassSeries.id)
    .where(PassSeries.ended_at.is_(None), SeriesMember.removed_at.is_(None))
)


@dataclass(frozen=True)
class Roster:
    """People who do something together. `code` names it in a form."""

    code: str
    name: str
    people: tuple[int, ...]


def typed_people(session: Session, typed: str) -> list[int]:
    """Persons of numbers that were typed, in that order, each once. RefusedError names those that nobody has."""
    numbers = list(dict.fromkeys(one.upper() for one in _BETWEEN.split(typed[:_LONGEST].strip()) if one))
    if not numbers:
        return []
    rows = session.execute(select(Person.number, Person.id).where(Person.number.in_(numbers)))
    known = {row.number: row.id for row in rows}
    unknown = [one for one in numbers if one not in known]
    if unknown:
        raise RefusedError(
            "no_person",
            Sentence(
                "Nobody has these numbers: %(numbers)s. Correct or take them out.",
                {"numbers": ", ".join(unknown[:8])},
            ),
        )
    return [known[one] for one in numbers]


def rosters(session: Session, now: datetime) -> list[Roster]:
    """Series, workshops and programmes with who is in them, and the units with who lives there; by name."""
    inside = ids_in_custody(session)
    tree = load(session)
    groups: dict[tuple[str, str], set[int]] = {}
    for name, person_id in session.execute(_IN_SERIES):
        groups.setdefault(("series", name), set()).add(person_id)
    rows = session.scalars(
        select(Fact)
        .join(Booking, (Booking.id == Fact.booking_id) & Booking.released_at.is_(None))
        .where(Fact.kind.in_([WORK.name, PROGRAMME.name]))
    ).all()
    for work in holding(WORK, rows, effective_at=now):
        if not work.value.outcome:
            name = work.value.place.strip() or work.value.task.strip()
            groups.setdefault(("work", name), set()).add(work.row.person_id)
    for taught in holding(PROGRAMME, rows, effective_at=now):
        if not taught.value.outcome:
            groups.setdefault(("programme", taught.value.name.strip()), set()).add(taught.row.person_id)
    for person, home in homes_of(session, tree, inside, now).items():
        unit = tree.unit_of(home)
        if unit is not None:
            groups.setdefault(("unit", tree.path(unit)), set()).add(person)
    return [
        Roster(f"{sort}:{name}", name, tuple(sorted(people & inside)))
        for (sort, name), people in sorted(groups.items())
        if people & inside
    ]


def people_of(session: Session, code: str, now: datetime) -> tuple[int, ...]:
    """Who is in a roster; RefusedError for one that is gone."""
    for one in rosters(session, now):
        if one.code == code:
            return one.people
    raise RefusedError("no_roster", Sentence("Nobody is on this list any more. Choose another."))


def named_people(session: Session, people: Collection[int]) -> dict[int, Person]:
    """People by id."""
    rows = session.scalars(select(Person).where(Person.id.in_(people)))
    return {person.id: person for person in rows}
