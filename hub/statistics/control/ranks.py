"""Medians and percentiles: that one is given says that there are enough people behind it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from hub.statistics.cells import Figures
from hub.statistics.control.names import dimensions, end_of, name_of, named
from hub.statistics.control.plans import MONTHLY, Plan, is_rank
from hub.statistics.definitions import INDICATORS, Indicator
from hub.statistics.periods import Period

SIDES: Final = {"remand_p90_days": 10}
"""Of how many people one lies beyond the value; a median has one in two beyond it."""


def counted_by(one: Indicator, period: Period, where: Mapping[str, str]) -> str:
    """The name of the number that says of how many people it is."""
    if one.code == "stay_median_days":
        return name_of(INDICATORS["releases"], period, **where)
    return named("unsentenced_share#count", end_of(period).code, where)


def told_by(one: Indicator, period: Period, where: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the numbers from which a reader has it whether there is anybody."""
    of = counted_by(one, period, where)
    if one.code == "stay_median_days":
        return (of,)
    month = end_of(period).code
    status = named("population", month, {**where, "LEGAL_STATUS": "REMAND"})
    return (of, named("unsentenced_share#share", month, where), status)


class Ranks(IntEnum):
    """Which are given: all that have enough people behind them, of these the ones without a cut, or none."""

    NONE = 0
    WHOLE = 1
    ALL = 2

    def has(self, *, cut: bool) -> bool:
        """Whether one by a cut, or one without, may be given."""
        return self is Ranks.ALL or (self is Ranks.WHOLE and not cut)


def ends_of(figures: Figures, plan: Plan, k: int, ranks: Ranks) -> dict[str, tuple[int, int | None]]:
    """By name of a number the least and the most that everybody knows it to be who sees which ranks are given."""
    found: dict[str, tuple[int, int | None]] = {}
    for code, tables in plan.cuts.items():
        if not is_rank(INDICATORS[code]):
            continue
        enough = SIDES.get(code, 2) * k
        for by in tables:
            if not ranks.has(cut=bool(by)):
                continue
            cube = figures.cube(code, *by)
            periods = (*plan.months, plan.period) if not by and code in MONTHLY else (plan.period,)
            for period, key, cell in cube.rows():
                if period in periods and (cell.value is not None or not cell.count):
                    name = counted_by(cube.indicator, period, dimensions(cube, key))
                    least, most = found.get(name, (0, None))
                    if cell.count >= enough:
                        found[name] = (max(least, enough), most)
                    else:
                        found[name] = (least, enough - 1 if most is None else min(most, enough - 1))
    return found


def given_in(figures: Figures) -> Ranks:
    """Which were given in these."""
    cubes = [cube for cube in figures.cubes.values() if is_rank(cube.indicator)]
    given = [cube for cube in cubes if any(cell.value is not None for cell in cube.cells.values())]
    if any(cube.cuts for cube in given):
        return Ranks.ALL
    return Ranks.WHOLE if given else Ranks.NONE
