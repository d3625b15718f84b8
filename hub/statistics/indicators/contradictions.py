"""Stays that cannot be as they are written: their sums can come out even, and are not published all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hub.sentences import Sentence
from hub.statistics.cells import HeldBack
from hub.statistics.indicators.balancing import CODE
from hub.statistics.periods import Period
from hub.statistics.reading.stays import Stays
from hub.statistics.reading.timelines import ALWAYS, Bools, Ints, micros

BACKWARDS: Final = (
    Sentence("One stay ends before it begins: its admission or its release has the wrong time."),
    "%(many)s stays end before they begin: of each the admission or the release has the wrong time.",
)
OVERLAPPING: Final = (
    Sentence(
        "One stay begins while the same person is in custody already: a time is wrong, or it was recorded twice."
    ),
    "%(many)s stays begin while the same person is in custody already: a time is wrong, or they were recorded twice.",
)


@dataclass(frozen=True)
class Contradictions:
    """Numbers of stays: those that end before they begin, and pairs of which the second begins within the first."""

    backwards: tuple[int, ...]
    overlapping: tuple[tuple[int, int], ...]

    def held(self) -> HeldBack | None:
        """Why figures of the period are not given; None where nothing speaks against them."""
        for many, (one, several) in ((len(self.backwards), BACKWARDS), (len(self.overlapping), OVERLAPPING)):
            if many:
                return HeldBack(CODE, one if many == 1 else Sentence(several, {"many": many}))
        return None


class Contradicting:
    """Looked for once for all periods."""

    def __init__(self, stays: Stays) -> None:
        self._ids, self._starts, self._ends = stays.ids, stays.starts, stays.ends
        self._backwards: Bools = stays.ends < stays.starts
        first, second = _overlaps(stays.persons, stays.starts, stays.ends)
        in_custody = _in_custody(stays, first, second)
        self._first, self._second = first[in_custody], second[in_custody]

    def within(self, period: Period) -> Contradictions:
        """Those of which a time lies in the period, or that overlap in it."""
        begins, ends = micros(period.begins_at), micros(period.ends_at)
        touched = (_within(self._starts, begins, ends) | _within(self._ends, begins, ends)) & self._backwards
        over = np.minimum(self._ends[self._first], self._ends[self._second])
        both = (self._starts[self._second] < ends) & (over >= begins)
        pairs = zip(self._ids[self._first[both]], self._ids[self._second[both]], strict=True)
        return Contradictions(
            tuple(int(one) for one in self._ids[touched]), tuple((int(one), int(two)) for one, two in pairs)
        )


def _overlaps(persons: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Places of stays that last, beside those of the same person that begin before the first of them is over."""
    chosen = np.flatnonzero(ends > starts)
    order = chosen[np.lexsort((starts[chosen], persons[chosen]))]
    if not len(order):
        return order, order
    # Rising with the person, and with the latest end so far of that person: one running maximum serves all.
    moments = np.unique(np.concatenate((starts[order], ends[order])))
    people = np.unique(persons[order], return_inverse=True)[1] * (len(moments) + 1)
    until = people + np.searchsorted(moments, ends[order])
    latest = np.maximum.accumulate(until)
    begun = people + np.searchsorted(moments, starts[order])
    second = 1 + np.flatnonzero(latest[:-1] > begun[1:])
    # The first place at which the running maximum has its value is the stay that lasts so long.
    first = np.searchsorted(latest, latest[second - 1], "left")
    return order[first], order[second]


def _in_custody(stays: Stays, first: Ints, second: Ints) -> Bools:
    """Of which overlaps the first stay had not been left unlawfully: whoever comes back may come on a new order."""
    away = stays.away
    found = np.ones(len(first), np.bool_)
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        mine = away.stay == one
        until = min(stays.ends[one], stays.ends[other])
        found[place] = not np.any(mine & (away.starts < stays.starts[other]) & (away.ends >= until))
    return found


def _within(moments: Ints, begins: int, ends: int) -> Bools:
    found: Bools = (moments >= begins) & (moments < ends) & (moments != ALWAYS)
    return found
