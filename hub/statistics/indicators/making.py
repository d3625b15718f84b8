"""Cells from columns of numbers: counted, set in proportion, or ranked; by every cut of an indicator at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

import numpy as np

from hub.sentences import Sentence
from hub.statistics.cells import TOTAL, Cell, Cube, HeldBack, Key
from hub.statistics.cuts import CUTS
from hub.statistics.definitions import Indicator
from hub.statistics.periods import Period
from hub.statistics.reading.timelines import Bools, Ints

Codes = Mapping[str, Ints]
"""For each cut the place of each person or event in it."""
_Combination = tuple[tuple[str, ...], Bools | None]

NOBODY: Final = HeldBack("nobody", Sentence("There was nobody and nothing of which this could be said."))
NOT_OVER: Final = HeldBack("not_over", Sentence("The period is not over, or was not then."))


@dataclass
class Maker:
    """Gathers cells, and makes cubes of them in the end."""

    periods: tuple[Period, ...]
    _cells: dict[str, dict[Key, Cell]] = field(default_factory=dict)
    _about: dict[str, tuple[Indicator, tuple[str, ...]]] = field(default_factory=dict)

    def count(
        self, what: Indicator, period: Period, codes: Codes, which: Bools, whole: int | None = None
    ) -> None:
        """How many of `which`, by every cut; `whole` is the total counted in another way."""
        chosen = _indices(which)
        for by in _tables(what):
            counts = _counts(by, codes, chosen)
            for place, categories in _combinations(by):
                many = int(counts[place])
                self.put(what, by, period, categories, Cell(many, many))
        if whole is not None:
            self.put(what, (), period, (), Cell(whole, whole))

    def ratio(self, what: Indicator, period: Period, codes: Codes, above: Bools, below: Bools) -> None:
        """`above` in per cent of `below`, whose part it is."""
        parts, whole = _indices(above & below), _indices(below)
        for by in _tables(what):
            part, base = _counts(by, codes, parts), _counts(by, codes, whole)
            for place, categories in _combinations(by):
                self.put(what, by, period, categories, percent(int(part[place]), int(base[place])))

    def rank(
        self, what: Indicator, period: Period, codes: Codes, values: Ints, which: Ints,
        measure: Callable[[Ints], float],
    ) -> None:  # fmt: skip
        """A measure of the values of those at the places `which`."""
        for by in _tables(what):
            for categories, chosen in _chosen(by, codes, which):
                found = values[which if chosen is None else which[chosen]]
                many = len(found)
                cell = Cell(measure(found), many, many) if many else Cell(None, 0, 0, NOBODY)
                self.put(what, by, period, categories, cell)

    def put(
        self, what: Indicator, by: tuple[str, ...], period: Period, categories: tuple[str, ...], cell: Cell
    ) -> None:
        """One cell."""
        name = ".".join((what.code, *by))
        self._about[name] = (what, by)
        self._cells.setdefault(name, {})[(period.code, *categories)] = cell

    def hold(self, what: Indicator, period: Period, held: HeldBack) -> None:
        """Every cell of an indicator in a period is held back."""
        for by in _tables(what):
            for _place, categories in _combinations(by):
                self.put(what, by, period, categories, Cell(None, held=held))

    def cell(self, what: Indicator, period: Period) -> Cell:
        """The total that was put."""
        return self._cells[what.code][(period.code,)]

    def cubes(self) -> dict[str, Cube]:
        """All of them."""
        return {
            name: Cube(what, self.periods, tuple(CUTS[code] for code in by), self._cells[name])
            for name, (what, by) in self._about.items()
        }


def percent(part: int, base: int) -> Cell:
    """A part in per cent; held back of nothing."""
    return Cell(100 * part / base, part, base) if base else Cell(None, part, base, NOBODY)


def median(values: Ints) -> float:
    """The middle one, or the mean of the two in the middle."""
    return float(np.median(values))


def ninetieth(values: Ints) -> float:
    """The least value at or below which nine in ten lie: by rank, so that it is somebody's."""
    rank = -(-9 * len(values) // 10)
    return float(np.partition(values, rank - 1)[rank - 1])


def _tables(what: Indicator) -> Iterator[tuple[str, ...]]:
    yield ()
    yield from what.cuts


def _sizes(by: Sequence[str]) -> tuple[int, ...]:
    return tuple(len(CUTS[code].categories) for code in by)


def _indices(which: Bools) -> Ints:
    """Places instead of a mask: what happened in a month is few of all."""
    return np.flatnonzero(which)


def _counts(by: tuple[str, ...], codes: Codes, which: Ints) -> Ints:
    """Counts in as many dimensions as cuts; each has one place more, for all of them together."""
    if not by:
        return np.array(len(which), np.int64)
    sizes = _sizes(by)
    places = np.ravel_multi_index(tuple(codes[code][which] for code in by), sizes)
    counts = np.bincount(places, minlength=int(np.prod(sizes))).reshape(sizes)
    for axis in range(len(by)):
        counts = np.concatenate((counts, counts.sum(axis=axis, keepdims=True)), axis=axis)
    return counts.astype(np.int64)


def _combinations(by: tuple[str, ...]) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Places and categories of every combination, the total last."""
    named = [(*CUTS[code].codes(), TOTAL) for code in by]
    return list(zip(product(*(range(len(one)) for one in named)), product(*named), strict=True))


def _chosen(by: tuple[str, ...], codes: Codes, which: Ints) -> Iterator[_Combination]:
    for places, categories in _combinations(by):
        chosen: Bools | None = None
        for code, place, category in zip(by, places, categories, strict=True):
            if category != TOTAL:
                fits = codes[code][which] == place
                chosen = fits if chosen is None else chosen & fits
        yield categories, chosen
