"""From figures to numbers and equations: every sum that a reader can know of the tables of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from hub.statistics.cells import TOTAL, Cell, Cube, Figures
from hub.statistics.control.gathered import Linked
from hub.statistics.control.identities import same_people
from hub.statistics.control.model import Share
from hub.statistics.control.moving import moved
from hub.statistics.control.names import dimensions, name_of
from hub.statistics.control.plans import HOUSE, MONTHLY, Plan, is_ratio, is_stock
from hub.statistics.control.thresholds import small
from hub.statistics.definitions import INDICATORS
from hub.statistics.periods import Period

PARTS: Final = ("count", "rest", "base")
"""Of a ratio: whoever knows the whole reckons the part from the share, and the other part from both."""
PRINTED: Final = "share"
ROUNDED: Final = frozenset({"unsentenced_share", "unsentenced_wide_share"})
"""Ratios whose whole stands in no table: of these a reader has the share as it is printed, to a tenth, and no more.

The whole of the others is known, or nearly, from releases: there the parts count as told.
"""
FREE: Final = frozenset({"population", "opening", "admissions", "releases"})
"""Without a cut they may change by any number between revisions: that somebody was recorded late tells nothing of them.

Every other figure is a table of its own to the guard: a share that moves says of what sort the one was who came late.
"""
_FLOW: Final = {
    "opening": 1,
    "admissions": 1,
    "retaken": 1,
    "releases": -1,
    "left_unlawfully": -1,
    "population": -1,
}


def link(figures: Figures, plan: Plan, k: int, into: Linked | None = None) -> Linked:
    """Every number of a plan, with the sums between them; `into` has those of another one, told beside it."""
    found = Linked() if into is None else into
    for month in plan.months:
        for code in (*MONTHLY, "retaken", "left_unlawfully"):
            _put_cube(found, figures.cube(code), month, hidden=code not in MONTHLY)
    for code, tables in plan.cuts.items():
        for by in tables:
            _put_cube(found, figures.cube(code, *by), plan.period, hidden=False)
    if not plan.months and not plan.totals_only:
        _put_hidden_flows(found, figures, plan.period)
    _months(found, plan)
    for period in plan.periods:
        flows(found, period, k, whole=period == plan.period)
    if not plan.totals_only:
        for period in (plan.period, *plan.months[-1:]):
            moved(found, figures, period, k)
    same_people(found, plan)
    return found


def _put_hidden_flows(found: Linked, figures: Figures, month: Period) -> None:
    """A month's publication gives the population by sex and citizenship, as the last one did: the difference flowed."""
    for code in ("opening", "retaken", "left_unlawfully"):
        _put_cube(found, figures.cube(code), month, hidden=True)
    for code in ("admissions", "releases"):
        for by in ("SEX", "CITIZENSHIP"):
            _put_cube(found, figures.cube(code, by), month, hidden=True)
    for code in ("retaken", "left_unlawfully"):
        _put_cube(found, figures.cube(code, "SEX"), month, hidden=True)


def _put_cube(found: Linked, cube: Cube, period: Period, *, hidden: bool) -> None:
    one = cube.indicator
    cells = {key[1:]: cell for key, cell in cube.cells.items() if key[0] == period.code}
    parts = PARTS if is_ratio(one) else ("",)
    if (
        one.code in HOUSE
        or not (one.sums or is_ratio(one))
        or not _counted(cells.values(), ratio=is_ratio(one))
    ):
        return
    for key, cell in cells.items():
        where = dimensions(cube, key)
        names = [name_of(one, period, part, **where) for part in parts]
        rounded = one.code in ROUNDED and cell.value is not None
        for name, value in zip(names, _values(cell, ratio=is_ratio(one)), strict=True):
            found.put(name, value, len(where), hidden=hidden or rounded)
        if is_ratio(one):
            found.add([(names[0], 1), (names[1], 1), (names[2], -1)])
            if one.code not in ROUNDED:
                found.together.append(tuple(names))
        if rounded and not hidden:
            _put_share(found, name_of(one, period, PRINTED, **where), names, cell, len(where))
    if cube.cuts:
        for part in parts:
            _sums(found, cube, period, part, hidden=hidden)
    elif not hidden and one.code not in FREE:
        _add_table(found, cube, period, ((),))


def _put_share(found: Linked, name: str, parts: Sequence[str], cell: Cell, cuts: int) -> None:
    tenths = round(10 * round(cell.value or 0.0, 1))
    found.put(name, tenths, cuts)
    found.shares[name] = Share(name, parts[0], parts[2], tenths)


def _add_table(found: Linked, cube: Cube, period: Period, keys: Iterable[tuple[str, ...]]) -> None:
    """What is withheld as one where a table has to be."""
    parts = (PRINTED, *PARTS) if is_ratio(cube.indicator) else ("",)
    names = [name_of(cube.indicator, period, part, **dimensions(cube, key)) for key in keys for part in parts]
    found.tables[f"{cube.name}@{period.code}"] = tuple(one for one in names if one in found.values)


def _counted(cells: Iterable[Cell], *, ratio: bool) -> bool:
    """Whether there is a whole number in every cell; of a ratio of nobody there is: nought of nought."""
    return all(cell.base is not None if ratio else cell.value is not None for cell in cells)


def _values(cell: Cell, *, ratio: bool) -> tuple[int, ...]:
    if not ratio:
        return (cell.count,)
    base = cell.base or 0
    return (cell.count, base - cell.count, base)


def _sums(found: Linked, cube: Cube, period: Period, part: str, *, hidden: bool) -> None:
    """Along each cut the categories make the total; and the table's own cells."""

    def name(key: tuple[str, ...]) -> str:
        return name_of(cube.indicator, period, part, **dimensions(cube, key))

    keys = [key[1:] for key in cube.cells if key[0] == period.code]
    for axis, cut in enumerate(cube.cuts):
        for key in keys:
            if key[axis] == TOTAL:
                along = [(name((*key[:axis], code, *key[axis + 1 :])), 1) for code in cut.codes()]
                found.add([*along, (name(key), -1)])
    if not hidden:
        _add_table(found, cube, period, [key for key in keys if TOTAL not in key])


def _months(found: Linked, plan: Plan) -> None:
    """What flows in the months is what flows in the year."""
    for code in ("admissions", "releases", "retaken", "left_unlawfully"):
        one = INDICATORS[code]
        if is_stock(one) or not plan.months:
            continue
        names = [name_of(one, month) for month in plan.months]
        found.add([*((name, 1) for name in names), (name_of(one, plan.period), -1)])
        if all(name in found.values for name in names):
            found.tables[f"{code}@months"] = tuple(names)


def flows(found: Linked, period: Period, k: int, *, whole: bool) -> None:
    """Opening + in - out = closing. Of a cut the opening is taken as known: what was before was published.

    Where so few were held that it cannot have been, its parts are not known either.
    """
    cuts: list[dict[str, str]] = [{}]
    if whole and not small(found.values.get(name_of("opening", period), 0), k):
        cuts += [{"SEX": sex} for sex in ("F", "M", "_U")]
        cuts += [{"CITIZENSHIP": of} for of in ("NATIONAL", "FOREIGN", "_U")]
    for where in cuts:
        terms = [(name_of(INDICATORS[code], period, **where), factor) for code, factor in _FLOW.items()]
        needed = [term for term in terms if term[0] in found.values]
        if len(needed) > 2:
            found.add(needed, strict=False)
        left, back = (name_of(INDICATORS[code], period, **where) for code in ("left_unlawfully", "retaken"))
        if left in found.values and back in found.values:
            found.together.append((left, back))
