"""The running count: everybody by unit, and where they were last known to be, for when all is dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.queries import names
from hub.custody.records import Person
from hub.headcount.expecting import elsewhere, expected, unplaced
from hub.headcount.loading import last_proofs, out_counts, roster
from hub.headcount.records import RunningCount
from hub.headcount.values import LastProof, Roster
from hub.movements.cells.reading import dwellers
from hub.movements.site.tree import load as load_tree

PAPER_ALARM: Final = "running_count"
"""Code and key of the alarm that the paper of a shift is not there."""


@dataclass(frozen=True)
class Line:
    """Somebody on the list: cell, and where they were last proven. `away` are the words of where, if they are out."""

    person: Person
    cell: str
    proof: LastProof | None
    away: str = ""


@dataclass(frozen=True)
class UnitList:
    """A unit and whom it has to find, by cell and name."""

    code: str
    name: str
    lines: tuple[Line, ...]

    @property
    def unproven(self) -> int:
        return sum(line.proof is None or not line.proof.sure for line in self.lines)


@dataclass(frozen=True)
class Running:
    """The whole prison at one moment; the parts sum to the roll."""

    at: datetime
    roll: int
    units: tuple[UnitList, ...]
    away: tuple[Line, ...]
    elsewhere: tuple[Line, ...]
    without: tuple[Line, ...]
    hides: bool = False
    """Some units are left out: then nothing may tell the sum of everybody, which would tell what they hold."""

    @property
    def inside(self) -> int:
        return sum(len(unit.lines) for unit in self.units)


def running(session: Session, now: datetime, *, hide: Sequence[str] = ()) -> Running:
    """As of now; units in `hide` are left out, for whoever is to count them blind."""
    tree = load_tree(session)
    people, outs = roster(session, now), out_counts(session, None, tree)
    known = names(session, _everybody(people))
    lines = _Lines(
        known,
        {one.who.person_id: one.cell for one in dwellers(session, now)},
        last_proofs(session, tree, known, now),
    )
    wanted = expected(people, outs)
    out = elsewhere(people, outs)
    return Running(
        at=now,
        roll=people.roll,
        units=tuple(
            UnitList(code, unit.name, lines.of(wanted[code]))
            for code, unit in people.units.items()
            if code not in hide
        ),
        away=lines.of(people.away, people.away),
        elsewhere=lines.of(out, {person: f"{one.place}: {one.accepted_by}" for person, one in out.items()}),
        without=lines.of(unplaced(people, outs)),
        hides=bool(hide),
    )


@dataclass(frozen=True)
class _Lines:
    people: Mapping[int, Person]
    cells: Mapping[int, str]
    proofs: Mapping[int, LastProof]

    def of(self, ids: Iterable[int], away: Mapping[int, str] | None = None) -> tuple[Line, ...]:
        found = [
            Line(self.people[one], self.cells.get(one, ""), self.proofs.get(one), (away or {}).get(one, ""))
            for one in ids
            if one in self.people
        ]
        return tuple(sorted(found, key=lambda line: (line.cell, line.person.surname, line.person.given)))


def newest(session: Session) -> RunningCount | None:
    """The last one that was made for the dark."""
    return session.scalar(select(RunningCount).order_by(RunningCount.id.desc()).limit(1))


def _everybody(people: Roster) -> list[int]:
    assigned = [person for unit in people.units.values() for person in unit.assigned]
    return sorted({*assigned, *people.away, *people.no_unit})
