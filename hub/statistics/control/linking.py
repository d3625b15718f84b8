"""From figures to numbers and equations: every sum that a reader can know, within a table and between tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log2
from typing import Final

from hub.statistics.cells import TOTAL, Cell, Cube, Figures
from hub.statistics.control.model import Equation, Number, Numbers, Why
from hub.statistics.control.names import dimensions, name_of
from hub.statistics.control.plans import HOUSE, MONTHLY, Plan, is_ratio, is_stock
from hub.statistics.definitions import INDICATORS
from hub.statistics.periods import Period

PARTS: Final = ("count", "rest", "base")
"""Of a ratio: whoever knows the whole reckons the part from the share, and the other part from both."""
_HEAD: Final = frozenset({"population", "admissions", "releases", "unsentenced_share"})
FREE: Final = frozenset({"population", "opening", "admissions", "releases"})
"""Without a cut they may change by any number between revisions: that somebody was recorded late tells nothing of them.

Every other figure is a table of its own to the guard: a share that moves says of what sort the one was who came late.
"""
_HEAD_COST: Final = 4_000.0
_WHOLE_COST: Final = 800.0
_CUT_COST: Final = 12.0
"""What withholding a unit of it costs the reader: headlines, other wholes, tables by one cut; by two it is 1."""
_FLOW: Final = {
    "opening": 1,
    "admissions": 1,
    "retaken": 1,
    "releases": -1,
    "left_unlawfully": -1,
    "population": -1,
}


@dataclass
class Linked:
    """What is gathered; `unpublished` are numbers that are withheld from the start."""

    values: dict[str, int] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    together: list[tuple[str, ...]] = field(default_factory=list)
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unpublished: dict[str, Why] = field(default_factory=dict)

    def put(self, name: str, value: int, cuts: int, *, hidden: bool = False) -> None:
        """A number; one that is published anywhere is published."""
        self.values[name] = value
        head = _HEAD_COST if name.partition("|")[0].partition("#")[0] in _HEAD else _WHOLE_COST
        self.costs[name] = head if not cuts else (_CUT_COST if cuts == 1 else 1.0) * (1 + log2(1 + value))
        if hidden:
            self.unpublished.setdefault(name, Why.UNPUBLISHED)
        else:
            self.unpublished.pop(name, None)

    def add(self, terms: Iterable[tuple[str, int]], *, constant: int = 0, strict: bool = True) -> None:
        """A sum that everybody knows; left out where a number of it is missing, or where it does not hold.

        `strict` False takes as known what is missing in the sum.
        """
        kept = [(name, factor) for name, factor in terms if factor]
        if any(name not in self.values for name, _ in kept):
            return
        made = sum(self.values[name] * factor for name, factor in kept)
        if strict and made != constant:
            return
        self.equations.append(Equation(tuple(kept), made))

    def numbers(self, public: frozenset[str], told: Mapping[str, int]) -> Numbers:
        """All of it, with what can no longer be withheld, and what was given of numbers that changed by few."""
        found = {
            name: Number(name, value, self.costs[name], public=name in public, told=told.get(name))
            for name, value in self.values.items()
        }
        return Numbers(found, self.equations, self.together, self.tables)


def link(figures: Figures, plan: Plan) -> Linked:
    """Every number of a plan, with the sums between them."""
    found = Linked()
    for month in plan.months:
        for code in (*MONTHLY, "retaken", "left_unlawfully"):
            _put_cube(found, figures.cube(code), month, hidden=code not in MONTHLY)
    for code, tables in plan.cuts.items():
        for by in tables:
            _put_cube(found, figures.cube(code, *by), plan.period, hidden=False)
    if not plan.months:
        for code in ("opening", "retaken", "left_unlawfully"):
            _put_cube(found, figures.cube(code), plan.period, hidden=True)
    _months(found, plan)
    for period in plan.periods:
        _flows(found, period, whole=period == plan.period and bool(plan.months))
    _identities(found, plan.period)
    return found


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
        for name, value in zip(names, _values(cell, ratio=is_ratio(one)), strict=True):
            found.put(name, value, len(where), hidden=hidden)
        if is_ratio(one):
            found.together.append(tuple(names))
            found.add([(names[0], 1), (names[1], 1), (names[2], -1)])
    if cube.cuts:
        for part in parts:
            _sums(found, cube, period, part)
    elif not hidden and one.code not in FREE:
        found.tables[f"{one.code}@{period.code}"] = tuple(name_of(one, period, part) for part in parts)


def _counted(cells: Iterable[Cell], *, ratio: bool) -> bool:
    """Whether there is a whole number in every cell; of a ratio of nobody there is: nought of nought."""
    return all(cell.base is not None if ratio else cell.value is not None for cell in cells)


def _values(cell: Cell, *, ratio: bool) -> tuple[int, ...]:
    if not ratio:
        return (cell.count,)
    base = cell.base or 0
    return (cell.count, base - cell.count, base)


def _sums(found: Linked, cube: Cube, period: Period, part: str) -> None:
    """Along each cut the categories make the total; and the table's own cells."""

    def name(key: tuple[str, ...]) -> str:
        return name_of(cube.indicator, period, part, **dimensions(cube, key))

    keys = [key[1:] for key in cube.cells if key[0] == period.code]
    for axis, cut in enumerate(cube.cuts):
        for key in keys:
            if key[axis] == TOTAL:
                along = [(name((*key[:axis], code, *key[axis + 1 :])), 1) for code in cut.codes()]
                found.add([*along, (name(key), -1)])
    own = tuple(name(key) for key in keys if TOTAL not in key)
    table = f"{cube.name}@{period.code}"
    found.tables[table] = (*found.tables.get(table, ()), *own)


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


def _flows(found: Linked, period: Period, *, whole: bool) -> None:
    """Opening + in - out = closing. Of a cut the opening is taken as known: the year before was published."""
    cuts: list[dict[str, str]] = [{}]
    if whole:
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


def _identities(found: Linked, period: Period) -> None:
    """The same people counted in two tables; and who is in the wider of two and not in the narrower."""
    sexes: list[dict[str, str]] = [{}, *({"SEX": sex} for sex in ("F", "M", "_U"))]
    young: list[dict[str, str]] = [{"AGE": age} for age in ("Y_LT18", "Y_GE18", "_U")]

    def held(where: Mapping[str, str], *statuses: str) -> list[tuple[str, int]]:
        return [(_name("population", period, **where, LEGAL_STATUS=one), 1) for one in statuses]

    for where in sexes:
        remand, waiting = held(where, "REMAND"), held(where, "CONVICTED_UNSENTENCED")
        outside = [
            (_name("population", period, **where), -1),
            *held(where, "CIVIL_PRISONER", "IMMIGRATION_DETAINEE"),
        ]
        for code, who in (("unsentenced_share", remand), ("unsentenced_wide_share", remand + waiting)):
            found.add([(_name(code, period, "count", **where), 1), *_minus(who)])
            found.add([(_name(code, period, "base", **where), 1), *outside])
        sentenced = held(where, "SENTENCED", "INDETERMINATE_SENTENCE", "RECALL")
        found.add([(_name("sentenced", period, **where), 1), *_minus(sentenced)])
        _rest(
            found,
            "remand_within_limit",
            period,
            where,
            remand,
            [(_name("remand_over_limit", period, **where), 1)],
        )
    found.add([(_name("deaths", period), 1), (_name("releases", period, REASON="died"), -1)])
    found.add([(_name("assaults", period), 1), (_name("incidents", period, INCIDENT="assault"), -1)])
    for where in (*sexes, *young):
        _rest(found, "released_alive", period, where, [(_name("releases", period, **where), 1)],
              [(_name("deaths", period, **where), 1)])  # fmt: skip
        for years in (1, 2):
            now, then = (_name(f"returned_{one}y", period, "count", **where) for one in (years, years + 1))
            _rest(found, f"returned_in_year_{years + 1}", period, where, [(then, 1)], [(now, 1)])
            bases = [_name(f"returned_{one}y", period, "base", **where) for one in (years, years + 1)]
            found.add([(bases[0], 1), (bases[1], -1)])
    for where in young:
        bases = [
            _name(code, period, "base", **where) for code in ("unsentenced_share", "unsentenced_wide_share")
        ]
        found.add([(bases[0], 1), (bases[1], -1)])


def _rest(
    found: Linked, code: str, period: Period, where: Mapping[str, str], wide: list[tuple[str, int]],
    narrow: list[tuple[str, int]],
) -> None:  # fmt: skip
    """A number that stands nowhere, and that whoever has both others knows."""
    if any(name not in found.values for name, _ in (*wide, *narrow)):
        return
    value = sum(found.values[name] for name, _ in wide) - sum(found.values[name] for name, _ in narrow)
    if value < 0:
        return
    name = name_of(code, period, **where)
    found.put(name, value, len(where), hidden=True)
    found.add([*wide, *_minus(narrow), (name, -1)])


def _name(code: str, period: Period, part: str = "", **where: str) -> str:
    return name_of(INDICATORS[code], period, part, **where)


def _minus(terms: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(name, -factor) for name, factor in terms]
