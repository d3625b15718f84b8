"""Which numbers to withhold beside a small one: the cheapest other table that everybody must think possible.

By integer programming: every sum stays what it is, what is given stays what it is, the small number is larger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final

import numpy as np

from hub.statistics.control.model import Bound, Number, Numbers, Share, Why, Withheld, least

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

_FAR: Final = 20
"""How many times as far as the small number any other may move: chains of sums are short."""
_ALONE: Final = 5
"""How many shares are tried alone: more take long, and the sets serve nearly as well."""
_NOUGHT: Final = 4
"""How much dearer it is to withhold that there is nobody."""
_ENOUGH: Final = {"mip_rel_gap": 0.1, "node_limit": 50}
"""Nearly the cheapest is as good, and found much sooner. Counted in steps, so that it is the same on every machine."""
Together = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Found:
    names: list[str]
    cost: float


def cheapest(
    problem: Numbers, withheld: Withheld, together: Together, name: str, up: int
) -> list[str] | None:
    """Numbers and shares to withhold so that `name` could be larger by `up`; None where nothing achieves it.

    Noughts are given, unless nothing else serves: then whoever sees none there must not know that it is none.
    """
    found = _best(problem, withheld, together, name, up, noughts=False)
    return found or _best(problem, withheld, together, name, up, noughts=True)


def _best(
    problem: Numbers, withheld: Withheld, together: Together, name: str, up: int, *, noughts: bool
) -> list[str] | None:
    search = partial(_search, problem, withheld, together, name, up, noughts=noughts)
    printed = [one for one in problem.shares if one.name not in withheld]
    best, mine = search(printed), _near_shares(problem, printed, name, withheld)
    freest = search([one for one in printed if one not in mine]) if mine else None
    if freest is None:
        return best.names if best else None
    for dropped in _droppable(mine):
        cost = sum(problem.numbers[one.name].cost for one in dropped)
        # No set of them does better than all of them would for nothing.
        if best is not None and best.cost <= freest.cost + cost:
            continue
        found = search([one for one in printed if one not in dropped])
        if found is not None and (best is None or found.cost + cost < best.cost):
            best = _Found([*found.names, *(one.name for one in dropped)], found.cost + cost)
    return best.names if best else None


def _near_shares(problem: Numbers, printed: list[Share], name: str, withheld: Withheld) -> list[Share]:
    """Shares that hold the number, the least important first."""
    near = _near(problem, name, withheld)
    mine = [one for one in printed if not problem.numbers[one.name].public and {one.count, one.base} & near]
    return sorted(mine, key=lambda one: problem.numbers[one.name].cost)


def _droppable(mine: list[Share]) -> Iterator[list[Share]]:
    """Sets of shares to try without: the least important alone, those of parts of the people, all."""
    yield from ([one] for one in mine[:_ALONE])
    cut = [one for one in mine if "=" in one.name]
    if 1 < len(cut) < len(mine):
        yield cut
    if len(mine) > 1:
        yield mine


def _near(problem: Numbers, name: str, withheld: Withheld) -> set[str]:
    """Numbers that could move along when this one does."""
    beside: dict[str, set[str]] = {}
    for one in problem.equations:
        names = {each for each, _ in one.terms if _may_move(problem.numbers[each], withheld)}
        for each in names:
            beside.setdefault(each, set()).update(names)
    found, waiting = {name}, [name]
    while waiting:
        new = beside.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _search(
    problem: Numbers, withheld: Withheld, together: Together, name: str, up: int, printed: Collection[Share],
    *, noughts: bool,
) -> _Found | None:  # fmt: skip
    from scipy.optimize import Bounds, milp

    shares = {one.name for one in problem.shares}
    movable = [
        one
        for one in problem.numbers.values()
        if one.name not in shares and (_may_move(one, withheld) or (noughts and not one.public))
    ]
    place = {one.name: at for at, one in enumerate(movable)}
    if name not in place:
        return None
    size, far = len(movable), float(_FAR * up)
    downs, ups, costs = np.zeros(size), np.full(size, far), np.zeros(size)
    for one, at in place.items():
        number = problem.numbers[one]
        downs[at] = number.value - max(number.floor, least(number.value, withheld.get(one, Why.FOR_ANOTHER)))
        if number.ceiling is not None:
            ups[at] = min(far, number.ceiling - number.value)
        if one not in withheld:
            costs[at] = sum(problem.numbers[each].cost for each in together.get(one, (one,)))
            costs[at] *= 1 if number.value else _NOUGHT
    low, high = np.zeros(2 * size), np.concatenate((ups, downs))
    if ups[place[name]] < up:
        return None
    low[place[name]] = high[place[name]] = float(up)
    high[size + place[name]] = 0.0
    found = milp(
        np.concatenate((costs, costs)),
        constraints=_moves(problem, place, printed),
        bounds=Bounds(low, high),
        integrality=np.ones(2 * size),
        options=_ENOUGH,
    )
    if found.x is None:
        return None
    moved = np.abs(found.x[:size] - found.x[size:]) > 0.5
    names = [one for one, at in place.items() if moved[at] and one not in withheld]
    return _Found(names, float(sum(costs[place[one]] for one in names)))


def _may_move(one: Number, withheld: Withheld) -> bool:
    return one.name in withheld or (not one.public and one.value > 0)


def _moves(problem: Numbers, place: Mapping[str, int], printed: Collection[Share]) -> list[LinearConstraint]:
    """Every sum stays what it is, and every share within what is printed of it."""
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array

    values, ups, downs = [], [], []
    lows: list[float] = []
    highs: list[float] = []
    for one in _rows(problem, printed):
        terms = [(place[name], factor) for name, factor in one.terms if name in place]
        if not terms:
            continue
        for at, factor in terms:
            values += [float(factor), -float(factor)]
            ups += [len(lows), len(lows)]
            downs += [at, len(place) + at]
        lows.append(one.low)
        highs.append(one.high)
    if not lows:
        return []
    matrix = csr_array((values, (ups, downs)), shape=(len(lows), 2 * len(place)))
    return [LinearConstraint(matrix, lows, highs)]


def _rows(problem: Numbers, printed: Collection[Share]) -> Iterator[Bound]:
    """What holds of the moves: of a sum nothing, of a share as much as the rounding leaves beyond what is true."""
    for one in problem.equations:
        yield Bound(one.terms, 0.0, 0.0)
    for share in printed:
        for bound in share.bounds():
            now = sum(problem.numbers[name].value * factor for name, factor in bound.terms)
            yield Bound(
                bound.terms,
                -inf if bound.low == -inf else bound.low - now,
                inf if bound.high == inf else bound.high - now,
            )
