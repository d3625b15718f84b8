"""All cells with what speaks against each for one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.custody.life.keep_aparts import keep_aparts_of
from hub.custody.records import Person
from hub.movements.cells.reading import Dweller, by_cell, cells, dwellers, site_day
from hub.movements.cells.rules import Apart, CellView, Grade, KeptApart, Obstacle, Who, obstacles, worst


@dataclass(frozen=True)
class Fit:
    """A cell, who lives there, and what speaks against one more."""

    cell: CellView
    living_there: tuple[Dweller, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def grade(self) -> Grade | None:
        """The gravest obstacle; None when the cell fits."""
        return worst(self.obstacles)

    @property
    def good(self) -> bool:
        """Whether nobody has to sign for it."""
        return self.grade in (None, Grade.NOTE)

    @property
    def vacancies(self) -> int:
        """Free places of the working capacity, never below none."""
        return 0 if self.cell.out_of_order else max(0, self.cell.working - len(self.living_there))


def fitting(session: Session, who: Who, at: datetime) -> list[Fit]:
    """Every cell: those that fit first, then those that need a supervisor, then those that cannot be."""
    everybody, known = dwellers(session, at), cells(session)
    living = by_cell(everybody)
    apart = _kept_apart(session, who, everybody, known, at)
    today = site_day(at)
    found = []
    for cell in known.values():
        there = tuple(living.get(cell.code, ()))
        against = obstacles(cell, who, [one.who for one in there], apart, today)
        found.append(Fit(cell, there, tuple(against)))
    return sorted(found, key=_rank)


def fit_of(session: Session, who: Who, code: str, at: datetime) -> Fit | None:
    """The same of one cell; None when there is no such cell."""
    return next((fit for fit in fitting(session, who, at) if fit.cell.code == code), None)


def _rank(fit: Fit) -> tuple[int, int, str]:
    order = {None: 0, Grade.NOTE: 1, Grade.SUPERVISOR: 2, Grade.NEVER: 3}
    return order[fit.grade], -fit.vacancies, fit.cell.code


def _kept_apart(
    session: Session, who: Who, everybody: Sequence[Dweller], known: dict[str, CellView], at: datetime
) -> list[KeptApart]:
    if not who.person_id:
        return []  # somebody who is not in the register yet
    living = {one.who.person_id: one for one in everybody}
    found = []
    for one in keep_aparts_of(session, [who.person_id], at=at):
        other = one.other_id if one.one_id == who.person_id else one.one_id
        there = living.get(other)
        number = there.number if there is not None else session.get_one(Person, other).number
        cell = None if there is None else known.get(there.cell)
        found.append(KeptApart(number, Apart(str(one.restriction)), cell))
    return found
