"""Figures as they may be given out, with the proof that nothing small can be found in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell, Cube, Figures, HeldBack, Key
from hub.statistics.control.attack import Interval
from hub.statistics.control.earlier import Earlier, Guarded, guard
from hub.statistics.control.linking import PARTS, Linked, link
from hub.statistics.control.model import Why
from hub.statistics.control.names import dimensions, name_of
from hub.statistics.control.plans import HOUSE, MONTHLY, Plan, is_rank, is_ratio
from hub.statistics.control.suppressing import Pattern, suppress
from hub.statistics.control.thresholds import small
from hub.statistics.definitions.model import Unit
from hub.statistics.periods import Period

WITHHELD: Final = HeldBack("withheld", Sentence("Withheld, so that nobody can be recognised in it."))
AS_EARLIER: Final = HeldBack(
    "as_earlier",
    Sentence(
        "Not given anew: beside the earlier revision it would show single people. The earlier table stands."
    ),
)
_SIDES: Final = {"remand_p90_days": 10}
"""Of how many people one lies beyond the value; a median has one in two beyond it."""


@dataclass(frozen=True)
class Protected:
    """`figures` hold only what the plan names, without counts behind the values."""

    figures: Figures
    k: int
    values: Mapping[str, int] = field(repr=False)
    pattern: Pattern
    guarded: Guarded
    equations: int
    """How many sums were reckoned with."""

    @property
    def safe(self) -> bool:
        """Whether everything that had to be protected is."""
        return not self.pattern.unsafe

    @property
    def intervals(self) -> Mapping[str, Interval]:
        return self.pattern.intervals


def protect(figures: Figures, plan: Plan, k: int, earlier: Sequence[Earlier] = ()) -> Protected:
    """Decide what of the plan may be given beside what earlier publications gave."""
    linked = link(figures, plan)
    guarded = guard(linked, earlier, k)
    pattern = suppress(
        linked.numbers(guarded.public, guarded.told), k, before=guarded.before, tables=guarded.tables
    )
    cubes = {}
    for code, tables in plan.cuts.items():
        for by in tables:
            cube = figures.cube(code, *by)
            periods = (*plan.months, plan.period) if not by and code in MONTHLY else (plan.period,)
            cubes[cube.name] = _shown(cube, periods, pattern, linked, k)
    shown = Figures(cubes, plan.periods, figures.known_at, figures.computed_at)
    return Protected(shown, k, linked.values, pattern, guarded, len(linked.equations))


def _shown(cube: Cube, periods: tuple[Period, ...], pattern: Pattern, linked: Linked, k: int) -> Cube:
    cells: dict[Key, Cell] = {}
    for period, key, cell in cube.rows():
        if period in periods:
            cells[(period.code, *key)] = _cell(cube, period, key, cell, pattern, linked, k)
    return Cube(cube.indicator, periods, cube.cuts, cells)


def _cell(
    cube: Cube, period: Period, key: tuple[str, ...], cell: Cell, pattern: Pattern, linked: Linked, k: int
) -> Cell:
    one = cube.indicator
    if is_rank(one):
        beyond = cell.count // _SIDES.get(one.code, 2)
        return Cell(None, held=WITHHELD) if cell.count and beyond < k else _plain(cell, one.unit)
    if one.code in HOUSE:
        return _plain(cell, one.unit)
    where = dimensions(cube, key)
    parts = PARTS if is_ratio(one) else ("",)
    names = [name_of(one, period, part, **where) for part in parts]
    if any(name not in linked.values for name in names):
        # What could not be computed has its own reason; whatever has none stays inside.
        return Cell(None, held=cell.held or WITHHELD)
    why = [pattern.withheld[name] for name in names if name in pattern.withheld]
    if why:
        return Cell(None, held=AS_EARLIER if Why.DIFFERENCE in why else WITHHELD)
    return _plain(cell, one.unit)


def _plain(cell: Cell, unit: Unit) -> Cell:
    """The value as it is written, and nothing that stands behind it."""
    if cell.value is None:
        return Cell(None, held=cell.held)
    whole = unit in (Unit.PEOPLE, Unit.EVENTS, Unit.PLACES, Unit.DAYS, Unit.ESTABLISHMENTS)
    return Cell(round(cell.value) if whole else round(cell.value, 1))


def small_cells(figures: Figures, k: int) -> list[str]:
    """Names of whole numbers of people below `k` that stand open: none, after `protect`."""
    found = []
    for cube in figures.cubes.values():
        if cube.indicator.sums and cube.indicator.code not in HOUSE:
            for period, key, cell in cube.rows():
                if cell.value is not None and small(int(cell.value), k):
                    found.append(name_of(cube.indicator, period, "", **dimensions(cube, key)))
    return found
