"""Who belongs to which unit: read seldom, because it is the whole prison, and kept until something says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.records import Person, PersonChange
from hub.headcount.loading import roster, unit_code
from hub.movements.cells.reading import cells, dwellers
from hub.movements.site.tree import load


@dataclass(frozen=True)
class Somebody:
    """A person in custody. `unit` is where they live, None where no unit is; `away` says where, outside the prison."""

    person_id: int
    number: str
    name: str
    unit: str | None
    cell: str
    away: str = ""


@dataclass(frozen=True)
class Assigned:
    """Everybody in custody by id, and each unit's cells with their beds: (code, beds)."""

    people: Mapping[int, Somebody]
    cells: Mapping[str, tuple[tuple[str, int], ...]]


def stamp(session: Session) -> tuple[int, int]:
    """Rises with whatever may change who belongs where."""
    return (
        session.scalar(select(func.max(Fact.id))) or 0,
        session.scalar(select(func.max(PersonChange.id))) or 0,
    )


def assigned(session: Session, now: datetime) -> Assigned:
    """As of now. The unit is that of headcounts, so that both tell the same number."""
    tree, people = load(session), roster(session, now)
    homes = {person: code for code, unit in people.units.items() for person in unit.assigned}
    found = {}
    for one in dwellers(session, now):
        home = homes.get(one.who.person_id)
        if home is None and one.home is not None and one.who.person_id in people.away:
            home = unit_code(tree, one.home.zone)
        found[one.who.person_id] = Somebody(
            one.who.person_id,
            one.number,
            f"{one.surname.upper()}, {one.given}",
            home,
            one.cell,
            people.away.get(one.who.person_id, ""),
        )
    beds: dict[str, list[tuple[str, int]]] = {}
    for cell in cells(session).values():
        code = unit_code(tree, cell.zone)
        if code is not None and not cell.out_of_order:
            beds.setdefault(code, []).append((cell.code, cell.working))
    return Assigned(found, {code: tuple(some) for code, some in beds.items()})


def named(session: Session, person_id: int) -> Somebody | None:
    """Somebody who is in no stay any more, and was seen all the same."""
    row = session.get(Person, person_id)
    if row is None:
        return None
    return Somebody(row.id, row.number, f"{row.surname.upper()}, {row.given}", None, "")
