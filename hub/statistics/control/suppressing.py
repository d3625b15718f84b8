"""Which numbers to withhold besides the small ones: as few and as unimportant as can be, until each is safe.

For each small number the cheapest other table is sought that everybody would have to think possible and in which it
is not small (Kelly, Golden and Assad 1992); what differs between the two is withheld. What cannot be made safe so is
withheld with its whole table. In the end every interval is reckoned anew, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.statistics.control.attack import Enough, Interval, intervals
from hub.statistics.control.model import Numbers, Why, Withheld, least
from hub.statistics.control.searching import cheapest

_TURNS: Final = 60
"""Far more than any table has needed; each turn withholds at least one number more."""


@dataclass(frozen=True)
class Pattern:
    """What is withheld and why, the interval left for each that had to be protected, and what could not be.

    `lost`: found, or nearly, from earlier publications already, so that this one tells nothing more of it.
    """

    withheld: Mapping[str, Why]
    intervals: Mapping[str, Interval]
    tables: Mapping[str, Why]
    unsafe: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def suppress(
    problem: Numbers,
    k: int,
    *,
    before: Mapping[str, Why] | None = None,
    tables: Mapping[str, Why] | None = None,
) -> Pattern:
    """A pattern in which no sensitive number below `k` can be found; `before` and `tables` are withheld anyway."""
    work = _Work(problem, k, dict(before or {}), dict(tables or {}))
    return work.pattern()


def left_by(
    problem: Numbers, withheld: Mapping[str, Why], wanted: Iterable[str], enough: Enough | None = None
) -> dict[str, Interval]:
    """The interval that everything not withheld leaves for each of `wanted`; with `enough` no wider than suffices."""
    shown = {name: one.value for name, one in problem.numbers.items() if name not in withheld}
    floors = {
        name: max(problem.numbers[name].floor, least(problem.numbers[name].value, why))
        for name, why in withheld.items()
    }
    printed = [one for one in problem.shares if one.name not in withheld]
    ceilings = {name: one.ceiling for name, one in problem.numbers.items() if one.ceiling is not None}
    return intervals(shown, floors, problem.equations, frozenset(wanted), printed, ceilings, enough)


class _Work:
    def __init__(self, problem: Numbers, k: int, before: Withheld, tables: dict[str, Why]) -> None:
        self._problem, self._k = problem, k
        self._withheld = {name: why for name, why in before.items() if not problem.numbers[name].public}
        self._tables: dict[str, Why] = {}
        self._together = _sets(problem.together)
        for name, why in tables.items():
            self._withhold_table(name, why)
        self._small = [one.name for one in problem.numbers.values() if one.must_be_protected(k)]
        for name in self._small:
            self._withhold([name], Why.SMALL)

    def pattern(self) -> Pattern:
        hopeless: set[str] = set()
        # Those that need most company first: what is withheld for them serves the others.
        at_first = self._enough(self._small)
        for name in sorted(self._small, key=lambda one: (self._problem.numbers[one].value, one)):
            # What was withheld for one may have made the next safe; nothing makes a safe one unsafe.
            if not self._safe(name, at_first) and not self._safe(name, self._enough([name])):
                self._protect(name)
        waiting = self._small
        for _turn in range(_TURNS):
            left = self._enough(waiting)
            # Who is safe stays so, whatever else is withheld.
            bad = waiting = [name for name in waiting if not self._safe(name, left) and name not in hopeless]
            if not bad:
                break
            for name in bad:
                if not self._protect(name) and not self._give_up_table(name):
                    hopeless.add(name)
        left, lost, unsafe = self._judged()
        while unsafe:
            gave_up = [self._give_up_beside(name) for name in unsafe]
            if not any(gave_up):
                break
            left, lost, unsafe = self._judged()
        return Pattern(self._withheld, left, self._tables, unsafe, lost)

    def _judged(self) -> tuple[dict[str, Interval], tuple[str, ...], tuple[str, ...]]:
        """What is left for each, which of them earlier publications have shown already, and which this one shows."""
        left = self.intervals(self._small)
        bad = [name for name in self._small if not self._safe(name, left)]
        known = self._known_before(bad)
        lost = tuple(name for name in bad if name in known and known[name] == left.get(name))
        return left, lost, tuple(name for name in bad if name not in lost)

    def intervals(self, wanted: Iterable[str]) -> dict[str, Interval]:
        return left_by(self._problem, self._withheld, wanted)

    def _enough(self, wanted: Iterable[str]) -> dict[str, Interval]:
        """The same as wide as it has to be: whether a number is safe is found much sooner than how safe it is."""
        return left_by(self._problem, self._withheld, wanted, lambda name, one: self._safe(name, {name: one}))

    def _known_before(self, wanted: Iterable[str]) -> dict[str, Interval]:
        """What earlier publications leave of numbers, if nothing more were given.

        Where that is no less, as after a threshold was raised, this publication does no harm.
        """
        numbers = self._problem.numbers.items()
        if not any(one.public for _, one in numbers):
            return {}
        return left_by(self._problem, {name: self._withheld.get(name, Why.FOR_ANOTHER)
                       for name, one in numbers if not one.public}, wanted)  # fmt: skip

    def _safe(self, name: str, left: Mapping[str, Interval]) -> bool:
        return name in left and left[name].protects(self._k, self._problem.numbers[name].told or 0)

    def _protect(self, name: str) -> bool:
        """Withhold what else has to be; whether that withheld anything more."""
        # Where a change is to be hidden the number itself may be large: it has to be able to change by k either way.
        up = self._k - 1 if self._problem.numbers[name].told is None else 2 * self._k
        others = cheapest(self._problem, self._withheld, self._together, name, up)
        if not others:
            return False
        self._withhold(others, Why.FOR_ANOTHER)
        return True

    def _withhold(self, names: Iterable[str], why: Why) -> None:
        for name in names:
            for one in self._together.get(name, (name,)):
                number = self._problem.numbers[one]
                if number.public or one in self._withheld:
                    continue
                # A nought goes only with what it stands beside: nobody may read from its absence that it is none.
                self._withheld[one] = why if one == name or number.value else Why.TABLE

    def _give_up_table(self, name: str) -> bool:
        """Withhold the narrowest table that the number stands in."""
        mine = [
            one for one, cells in self._problem.tables.items() if name in cells and one not in self._tables
        ]
        if not mine:
            return False
        self._withhold_table(max(mine, key=lambda one: (one.count("."), one)), Why.TABLE)
        return True

    def _give_up_beside(self, name: str) -> bool:
        """Withhold every table that shares a sum with the number: what cannot be hidden is at least not narrowed."""
        sums = [one for one in self._problem.equations if any(each == name for each, _ in one.terms)]
        beside = {each for one in sums for each, _ in one.terms}
        found = [
            table
            for table, names in self._problem.tables.items()
            if table not in self._tables and not beside.isdisjoint(names)
        ]
        for table in found:
            self._withhold_table(table, Why.TABLE)
        return bool(found)

    def _withhold_table(self, table: str, why: Why) -> None:
        self._tables[table] = why
        for name in self._problem.tables[table]:
            for one in self._together.get(name, (name,)):
                if not self._problem.numbers[one].public:
                    self._withheld[one] = why


def _sets(together: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: names for names in together for name in names}
