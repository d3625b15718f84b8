"""What anybody can find out about withheld numbers: the least and the most that each can be, in whole numbers.

Exact, by integer programming over the equations: not what a clever reader would find, but what can be found at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from hub.errors import HubError
from hub.statistics.control.model import Bound, Equation, Share

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

_ROOM: Final = 1_000
"""How many times the largest number a withheld one may be before it counts as without a bound."""


@dataclass(frozen=True)
class Interval:
    """Least and most; `most` None: nothing bounds it."""

    least: int
    most: int | None

    def protects(self, k: int, told: int = 0) -> bool:
        """Whether at least `k` values are possible, and one of them is `k` or more beyond what was told before."""
        if self.most is None:
            return True
        return self.most - self.least + 1 >= k and (self.most >= told + k or self.least <= told - k)


def intervals(
    shown: Mapping[str, int],
    withheld: Mapping[str, int],
    equations: Sequence[Equation],
    wanted: Collection[str],
    shares: Sequence[Share] = (),
    ceilings: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, Interval]:
    """For each of `wanted` the interval that shown numbers, equations and printed shares leave.

    `withheld` gives the least that each withheld number is known to be, `ceilings` the most of some. HubError where
    the shown numbers contradict each other: then nothing was true to begin with.
    """
    most = _ROOM * max([1, *(abs(value) for value in shown.values())])
    ends = {name: (least, min(most, ceilings.get(name, most))) for name, least in withheld.items()}
    found = {}
    for names, rows in _components(shown, withheld, equations, shares):
        for name in names:
            if name in wanted:
                found[name] = _interval(name, names, rows, ends, most)
    return found


def _components(
    shown: Mapping[str, int],
    withheld: Mapping[str, int],
    equations: Sequence[Equation],
    shares: Sequence[Share],
) -> list[tuple[list[str], list[Bound]]]:
    """Withheld numbers that know of each other, with what is left of the equations between them."""
    leader = {name: name for name in withheld}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    known = [Bound(one.terms, one.constant, one.constant) for one in equations]
    known += [bound for one in shares for bound in one.bounds()]
    rows = [row for row in (_left(one, shown, withheld) for one in known) if row is not None]
    for row in rows:
        first, *others = (name for name, _ in row.terms)
        for other in others:
            leader[find(other)] = find(first)
    members: dict[str, list[str]] = {}
    for name in withheld:
        members.setdefault(find(name), []).append(name)
    of: dict[str, list[Bound]] = {}
    for row in rows:
        of.setdefault(find(row.terms[0][0]), []).append(row)
    return [(names, of.get(head, [])) for head, names in members.items()]


def _left(one: Bound, shown: Mapping[str, int], withheld: Mapping[str, int]) -> Bound | None:
    terms: dict[str, int] = {}
    constant = 0
    for name, factor in one.terms:
        if name in withheld:
            terms[name] = terms.get(name, 0) + factor
        else:
            constant += factor * shown[name]
    kept = tuple((name, factor) for name, factor in terms.items() if factor)
    if not kept:
        if not one.low <= constant <= one.high:
            raise HubError("figures_contradict", "Figures that are given out contradict each other.")
        return None
    return Bound(kept, one.low - constant, one.high - constant)


def _interval(
    name: str, names: list[str], rows: list[Bound], between: Mapping[str, tuple[int, int]], most: int
) -> Interval:
    from scipy.optimize import Bounds, milp

    place = {one: at for at, one in enumerate(names)}
    low, high = np.array([between[one] for one in names], float).T
    bounds = Bounds(low, high)
    held = [] if not rows else [_constraint(rows, place)]
    ends = []
    for sign in (1.0, -1.0):
        wish = np.zeros(len(names))
        wish[place[name]] = sign
        found = milp(wish, constraints=held, bounds=bounds, integrality=np.ones(len(names)))
        if found.x is None:
            raise HubError("figures_contradict", "Figures that are given out contradict each other.")
        ends.append(round(float(found.x[place[name]])))
    return Interval(ends[0], None if ends[1] >= most // 2 else ends[1])


def _constraint(rows: Iterable[Bound], place: Mapping[str, int]) -> LinearConstraint:
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array

    values, ups, downs, lows, highs = [], [], [], [], []
    for at, row in enumerate(rows):
        lows.append(row.low)
        highs.append(row.high)
        for name, factor in row.terms:
            values.append(float(factor))
            ups.append(at)
            downs.append(place[name])
    matrix = csr_array((values, (ups, downs)), shape=(len(lows), len(place)))
    return LinearConstraint(matrix, lows, highs)
