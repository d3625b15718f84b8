"""Figures as they may be given out, with the proof that nothing small can be found in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell, Cube, Figures, HeldBack, Key
from hub.statistics.control.attack import Interval
from hub.statistics.control.earlier import Earlier, Guarded, guard
from hub.statistics.control.gathered import Linked
from hub.statistics.control.linking import PARTS, PRINTED, ROUNDED, link
from hub.statistics.control.model import Why
from hub.statistics.control.names import dimensions, name_of
from hub.statistics.control.plans import HOUSE, MONTHLY, Plan, is_rank, is_ratio
from hub.statistics.control.ranks import SIDES, Ranks, ends_of, given_in, told_by
from hub.statistics.control.suppressing import Pattern, left_by, suppress
from hub.statistics.control.thresholds import small
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import Unit
from hub.statistics.periods import Period

WITHHELD: Final = HeldBack("withheld", Sentence("Withheld, so that nobody can be recognised in it."))
AS_EARLIER: Final = HeldBack(
    "as_earlier",
    Sentence(
        "Not given anew: beside the earlier revision it would show single people. The earlier table stands."
    ),
)
OF_ALL: Final = frozenset({"average_population", "occupancy"})
"""About walls and nights, but whoever reads them knows how many are held."""


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
    return protect_together(figures, (plan,), link(figures, plan, k), k, earlier)[0]


def protect_together(
    figures: Figures, plans: Sequence[Plan], linked: Linked, k: int, earlier: Sequence[Earlier]
) -> list[Protected]:
    """The same of several plans that are told beside each other; `linked` has the numbers and sums of all."""
    guarded = guard(linked, earlier, k)
    for ranks in reversed(Ranks):
        # That a median is given of a group, or not, says how large the group is; without them less is known.
        ends = {name: one for plan in plans for name, one in ends_of(figures, plan, k, ranks).items()}
        pattern = _pattern(linked, guarded, k, ends)
        if not pattern.unsafe:
            break
    if pattern.unsafe:
        pattern = _poorest(linked, guarded, k, ends)
    found = []
    for plan in plans:
        cubes = _cubes(figures, plan, _Shown(pattern.withheld, linked, k, ranks))
        shown = Figures(cubes, plan.periods, figures.known_at, figures.computed_at)
        found.append(Protected(shown, k, linked.values, pattern, guarded, len(linked.equations)))
    return found


def kept(
    figures: Figures, plan: Plan, k: int, withheld: Mapping[str, Why], given: Figures, wanted: Collection[str]
) -> Protected | None:
    """The same with what was withheld once, without seeking anew what to withhold; None where names do not fit.

    So a publication is proved with what stands in its proof, whatever way of seeking is in use by then.
    """
    linked = link(figures, plan, k)
    if not set(withheld) <= set(linked.values):
        return None
    ranks = given_in(given)
    told = linked.numbers((), {}, ends_of(figures, plan, k, ranks))
    # What a later way of seeking reckons with besides stood nowhere then either.
    unknown = {name: why for name, why in linked.unpublished.items() if name not in withheld}
    pattern = Pattern(withheld, left_by(told, {**unknown, **withheld}, wanted), {})
    cubes = _cubes(figures, plan, _Shown(withheld, linked, k, ranks))
    shown = Figures(cubes, plan.periods, figures.known_at, figures.computed_at)
    guarded = Guarded(frozenset(), {}, {}, {}, ())
    return Protected(shown, k, linked.values, pattern, guarded, len(linked.equations))


def _poorest(linked: Linked, guarded: Guarded, k: int, ends: Mapping[str, tuple[int, int | None]]) -> Pattern:
    """Without any table by a cut; or else with nothing but what is public already, which tells nothing more of anybody.

    So what earlier publications gave away under a smaller threshold holds no period for ever.
    """
    cut = {table: Why.TABLE for table in linked.tables if "." in table.partition("@")[0]}
    pattern = _pattern(linked, replace(guarded, tables={**cut, **guarded.tables}), k, ends)
    if not pattern.unsafe:
        return pattern
    rest = {name: Why.TABLE for name in linked.values if name not in guarded.public}
    return _pattern(linked, replace(guarded, before={**rest, **guarded.before}), k, ends)


def _pattern(linked: Linked, guarded: Guarded, k: int, ends: Mapping[str, tuple[int, int | None]]) -> Pattern:
    public = guarded.public | {name for name in linked.values if _is_headline(name, linked, k)}
    problem = linked.numbers(public, guarded.told, ends)
    return suppress(problem, k, before=guarded.before, tables=guarded.tables)


def _is_headline(name: str, linked: Linked, k: int) -> bool:
    """How many are held in all: known beyond this register, so that it can hide nobody."""
    return name.startswith("population|") and "=" not in name and not small(linked.values[name], k)


@dataclass(frozen=True)
class _Shown:
    """What decides of each cell whether it is given."""

    withheld: Mapping[str, Why]
    linked: Linked
    k: int
    ranks: Ranks


def _cubes(figures: Figures, plan: Plan, by: _Shown) -> dict[str, Cube]:
    cubes = {}
    for code, tables in plan.cuts.items():
        for cuts in tables:
            cube = figures.cube(code, *cuts)
            periods = (*plan.months, plan.period) if not cuts and code in MONTHLY else (plan.period,)
            cells: dict[Key, Cell] = {
                (period.code, *key): _cell(cube, period, key, cell, by)
                for period, key, cell in cube.rows()
                if period in periods
            }
            cubes[cube.name] = Cube(cube.indicator, periods, cube.cuts, cells)
    return cubes


def _cell(cube: Cube, period: Period, key: tuple[str, ...], cell: Cell, by: _Shown) -> Cell:
    one, where = cube.indicator, dimensions(cube, key)
    if is_rank(one):
        return _rank(cube, period, where, cell, by)
    if one.code in HOUSE:
        hidden = one.code in OF_ALL and (
            name_of(INDICATORS["population"], period) in by.withheld
            or (one.unit is Unit.PEOPLE and small(round(cell.value or 0), by.k))
        )
        return Cell(None, held=WITHHELD) if hidden else _plain(cell, one.unit)
    parts = PARTS if is_ratio(one) else ("",)
    names = [name_of(one, period, part, **where) for part in parts]
    if any(name not in by.linked.values for name in names):
        # What could not be computed has its own reason; whatever has none stays inside.
        return Cell(None, held=cell.held or WITHHELD)
    printed = name_of(one, period, PRINTED, **where)
    asked = [printed] if one.code in ROUNDED and printed in by.linked.shares else names
    why = [by.withheld[name] for name in asked if name in by.withheld]
    if why:
        return Cell(None, held=AS_EARLIER if Why.DIFFERENCE in why else WITHHELD)
    if not is_ratio(one) and small(cell.count, by.k):
        # An earlier publication gave it, with a lower threshold. It is known, and not said again.
        return Cell(None, held=WITHHELD)
    return _plain(cell, one.unit)


def _rank(cube: Cube, period: Period, where: Mapping[str, str], cell: Cell, by: _Shown) -> Cell:
    if not cell.count:
        # That there is nobody is said here only where it may be said at all.
        hides = any(
            by.withheld.get(name, Why.UNPUBLISHED) is not Why.UNPUBLISHED
            for name in told_by(cube.indicator, period, where)
        )
        return Cell(None, held=WITHHELD if hides else cell.held)
    beyond = cell.count // SIDES.get(cube.indicator.code, 2)
    if beyond < by.k or not by.ranks.has(cut=bool(where)):
        return Cell(None, held=WITHHELD)
    return _plain(cell, cube.indicator.unit)


def _plain(cell: Cell, unit: Unit) -> Cell:
    """The value as it is written, and nothing that stands behind it."""
    if cell.value is None:
        return Cell(None, held=cell.held)
    whole = unit in (Unit.PEOPLE, Unit.EVENTS, Unit.PLACES, Unit.DAYS, Unit.ESTABLISHMENTS)
    return Cell(round(cell.value) if whole else round(cell.value, 1))


def is_withheld(cell: Cell) -> bool:
    """Whether there is a number that is not given."""
    return cell.held is not None and cell.held.code in (WITHHELD.code, AS_EARLIER.code)


def small_cells(figures: Figures, k: int) -> list[str]:
    """Names of whole numbers of people below `k` that stand open: none, after `protect`."""
    found = []
    for cube in figures.cubes.values():
        if cube.indicator.sums and cube.indicator.code not in HOUSE:
            for period, key, cell in cube.rows():
                if cell.value is not None and small(int(cell.value), k):
                    found.append(name_of(cube.indicator, period, "", **dimensions(cube, key)))
    return found
