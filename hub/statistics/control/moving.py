"""Who came and who went between the roll before and this one, by every cut by which the roll is given.

No table has them. But where few went, what a category grew by is who came to it: the roll before was published.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from hub.statistics.cells import TOTAL, Cube, Figures
from hub.statistics.control.gathered import Linked
from hub.statistics.control.names import dimensions, name_of
from hub.statistics.control.thresholds import small
from hub.statistics.definitions import ARRIVED, DEPARTED, INDICATORS
from hub.statistics.periods import Period

_ROLL: Final = INDICATORS["population"]
_PLENTY: Final = 4
"""How many times k so many have to be that each category could have k more or less of them, in all tables at once."""


def moved(found: Linked, figures: Figures, period: Period, k: int) -> None:
    """Both by every cut of the roll, and that opening + came - went = closing.

    The opening is taken as known, and so is who only moved from one category to another: a reader may know as much.
    Where so few were held that no roll can have been published, nothing is known.
    """
    opening = found.values.get(name_of("opening", period))
    if (
        opening is None
        or small(opening, k)
        or not all(_has(figures, one.code, period) for one in (ARRIVED, DEPARTED))
    ):
        return
    if min(_turnover(figures, period, by) for by in _ROLL.cuts) >= _PLENTY * k:
        return
    for one, by in product((ARRIVED, DEPARTED), ((), *_ROLL.cuts)):
        cube = figures.cube(one.code, *by)
        for key in _keys(cube, period):
            where = dimensions(cube, key)
            found.put(
                name_of(one, period, **where), cube.cells[(period.code, *key)].count, len(where), hidden=True
            )
        _sums(found, cube, period)
    for by in ((), *_ROLL.cuts):
        cube = figures.cube(ARRIVED.code, *by)
        for key in _keys(cube, period):
            where = dimensions(cube, key)
            terms = ((ARRIVED, 1), (DEPARTED, -1), (_ROLL, -1))
            found.add([(name_of(one, period, **where), factor) for one, factor in terms], strict=False)
    _within(found, period)


def _turnover(figures: Figures, period: Period, by: tuple[str, ...]) -> int:
    """How many of those who came a reader of both rolls cannot place: in their category as many went."""
    came, went = (figures.cube(one.code, *by) for one in (ARRIVED, DEPARTED))
    keys = [key for key in _keys(came, period) if TOTAL not in key]
    return sum(min(one.cells[(period.code, *key)].count for one in (came, went)) for key in keys)


def _within(found: Linked, period: Period) -> None:
    """Who came is there in the end or went again; so too who went was there before, or had come within the period.

    Who went at large or came back is taken as known: the papers had it.
    """
    came, back = (name_of(INDICATORS[code], period) for code in ("admissions", "retaken"))
    stayed = found.values[name_of(ARRIVED, period)]
    both = found.values.get(came, 0) + found.values.get(back, 0) - stayed
    if both < 0:
        return
    name = name_of("came_and_went", period)
    found.put(name, both, 0, hidden=True)
    for code, rest in (("admissions", ARRIVED), ("releases", DEPARTED)):
        terms = [(name_of(INDICATORS[code], period), 1), (name_of(rest, period), -1), (name, -1)]
        found.add(terms, strict=False)


def _has(figures: Figures, code: str, period: Period) -> bool:
    cube = figures.cubes.get(code)
    return cube is not None and (period.code,) in cube.cells and cube.cell(period).value is not None


def _keys(cube: Cube, period: Period) -> list[tuple[str, ...]]:
    return [key[1:] for key in cube.cells if key[0] == period.code]


def _sums(found: Linked, cube: Cube, period: Period) -> None:
    def name(key: tuple[str, ...]) -> str:
        return name_of(cube.indicator, period, **dimensions(cube, key))

    for axis, cut in enumerate(cube.cuts):
        for key in _keys(cube, period):
            if key[axis] == TOTAL:
                parts = [(name((*key[:axis], code, *key[axis + 1 :])), 1) for code in cut.codes()]
                found.add([*parts, (name(key), -1)])
