"""What anybody can find out about withheld numbers: the least and the most that each can be, in whole numbers.

Exact, by integer programming over the equations: not what a clever reader would find, but what can be found at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from hub.errors import HubError
from hub.statistics.control.model import Bound, Equation, Share

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

Table = npt.NDArray[np.float64]
_NEARLY: Final = 1e-6
"""How far from a whole number the solver's whole numbers may be."""
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
    enough: Enough | None = None,
) -> dict[str, Interval]:
    """For each of `wanted` the interval that shown numbers, equations and printed shares leave.

    `withheld` gives the least that each withheld number is known to be, `ceilings` the most of some. Where `enough`
    says so of a name, its interval is what is known to be possible, and may be wider still. HubError where the shown
    numbers contradict each other: then nothing was true to begin with.
    """
    most = _ROOM * max([1, *(abs(value) for value in shown.values())])
    ends = {name: (least, min(most, ceilings.get(name, most))) for name, least in withheld.items()}
    found = {}
    for names, rows in _components(shown, withheld, equations, shares):
        asked = [name for name in names if name in wanted]
        if asked:
            part = _Part(names, rows, ends, most)
            found.update({name: part.interval(name, enough) for name in asked})
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


Enough = Callable[[str, Interval], bool]
"""Whether such an interval suffices for the number of this name."""


class _Part:
    """Withheld numbers that know of each other. Every table that was found possible serves all of them."""

    def __init__(
        self, names: list[str], rows: list[Bound], between: Mapping[str, tuple[int, int]], most: int
    ) -> None:
        self._place = {one: at for at, one in enumerate(names)}
        self._low, self._high = np.array([between[one] for one in names], float).T
        self._held = _constraint(rows, self._place) if rows else None
        self._far = most // 2
        self._seen_least = np.full(len(names), np.inf)
        self._seen_most = np.full(len(names), -np.inf)

    def interval(self, name: str, enough: Enough | None) -> Interval:
        at = self._place[name]
        if (
            enough is not None
            and self._seen_least[at] <= self._seen_most[at]
            and enough(name, self._seen(at))
        ):
            return self._seen(at)
        # What a table has shown to be possible, and nothing may be beyond, need not be sought.
        if self._seen_least[at] > self._low[at]:
            self._seek(at, 1.0)
        if self._seen_most[at] < min(self._far, self._high[at]):
            self._seek(at, -1.0)
        return self._seen(at)

    def _seen(self, at: int) -> Interval:
        top = round(float(self._seen_most[at]))
        return Interval(round(float(self._seen_least[at])), None if top >= self._far else top)

    def _seek(self, at: int, sign: float) -> None:
        """The possible table in which the number is least (`sign` 1) or most (-1)."""
        wish = np.zeros(len(self._low))
        wish[at] = sign
        found = self._solve(wish, whole=False)
        table = np.rint(found)
        if abs(table[at] - found[at]) > _NEARLY or not self._fits(table):
            # The end lies between whole numbers, or only a table with fractions reaches it.
            table = np.rint(self._solve(wish, whole=True))
        chosen = slice(None) if self._fits(table) else slice(at, at + 1)
        np.minimum(self._seen_least[chosen], table[chosen], out=self._seen_least[chosen])
        np.maximum(self._seen_most[chosen], table[chosen], out=self._seen_most[chosen])

    def _solve(self, wish: Table, *, whole: bool) -> Table:
        from scipy.optimize import Bounds, milp

        found = milp(
            wish,
            constraints=[] if self._held is None else [self._held],
            bounds=Bounds(self._low, self._high),
            integrality=np.full(len(wish), int(whole)),
        )
        if found.x is None:
            raise HubError("figures_contradict", "Figures that are given out contradict each other.")
        table: Table = found.x
        return table

    def _fits(self, table: Table) -> bool:
        """Whether it is possible to the last digit once it is rounded, as solvers work to a tolerance."""
        if not (np.all(table >= self._low) and np.all(table <= self._high)):
            return False
        if self._held is None:
            return True
        made = self._held.A @ table
        return bool(np.all(made >= self._held.lb) and np.all(made <= self._held.ub))


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
