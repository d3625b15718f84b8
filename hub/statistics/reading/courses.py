"""What is so of people over time: one category for each person at any moment, from what was said of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hub.statistics.reading.timelines import ALWAYS, Bools, Ints, Timeline


@dataclass(frozen=True)
class Course:
    """A category for each person over time.

    What was said first holds of the time before as well: nobody had asked yet. `first` has a place for each number of
    a person; the other three are what changed later, by time: whose, after which moment, and to what.
    """

    first: Ints
    person: Ints
    after: Ints
    become: Ints

    def at(self, persons: Ints, moment: int) -> Ints:
        """The category of each of these people at the end of the time before `moment`."""
        many = int(np.searchsorted(self.after, moment, "left"))
        now = self.first
        if many:
            now = self.first.copy()
            now[self.person[:many]] = self.become[:many]  # of several of one person the last stays
        found: Ints = now[persons]
        return found

    def each(self, persons: Ints, moments: Ints) -> Ints:
        """The category of each at the end of the time before a moment of its own."""
        found: Ints = self.first[persons]
        if not len(self.person):
            return found
        # Numbers of persons and ranks of times in one key: microseconds and persons together would not fit.
        ranks = np.unique(self.after)
        width = len(ranks) + 1
        order = np.lexsort((self.after, self.person))
        keys = self.person[order] * width + np.searchsorted(ranks, self.after[order])
        place = np.searchsorted(keys, persons * width + np.searchsorted(ranks, moments, "left"), "left") - 1
        row = order[place.clip(0)]
        changed = (place >= 0) & (self.person[row] == persons)
        return np.where(changed, self.become[row], found)


def course_of(told: Timeline, ranks: Ints, none: int, most: int) -> Course:
    """From rows of which several can hold of one person: the one with the highest rank counts, `none` where none does.

    `most` is the highest number of a person that will be asked for; the category is the first code of a row.
    """
    lasted = told.starts < told.ends  # what ended as it began never held
    told, ranks = told.part(lasted), ranks[lasted]
    codes = told.codes[:, 0]
    size = max(most, int(told.person.max(initial=0))) + 1
    first = np.full(size, none)
    changing = _changing(told, size)
    steady = ~changing[told.person]
    first[told.person[steady]] = codes[steady]
    changes: list[tuple[int, int, int]] = []
    for person, rows in _by_person(told, changing):
        steps = list(_steps(told, ranks, rows, none))
        first[person] = steps[0][1]
        changes += [(after, person, become) for after, become in steps[1:]]
    after, whose, become = np.array(sorted(changes), np.int64).reshape(-1, 3).T
    return Course(first, whose, after, become)


def _changing(told: Timeline, size: int) -> Bools:
    """People of whom something ended, or of whom different things were said."""
    codes, found = told.codes[:, 0], np.zeros(size, np.bool_)
    last = np.full(size, -1)
    last[told.person] = codes
    found[told.person[last[told.person] != codes]] = True
    found[told.person[told.ends != ALWAYS]] = True
    return found


def _by_person(told: Timeline, which: Bools) -> Iterator[tuple[int, Ints]]:
    chosen = np.flatnonzero(which[told.person])
    order = chosen[np.argsort(told.person[chosen], kind="stable")]
    if not len(order):
        return
    edges = np.flatnonzero(np.diff(told.person[order])) + 1
    for rows in np.split(order, edges):
        yield int(told.person[rows[0]]), rows


def _steps(told: Timeline, ranks: Ints, rows: Ints, none: int) -> Iterator[tuple[int, int]]:
    """After which moment which category holds, from the first on; what changes nothing is left out."""
    own = sorted((int(ranks[row]), int(row)) for row in rows)
    moments = {int(told.starts[row]) for row in rows} | {int(told.ends[row]) for row in rows}
    before: int | None = None
    for moment in sorted(moments - {ALWAYS}):
        category = none
        for _rank, row in own:
            if told.starts[row] <= moment < told.ends[row]:
                category = int(told.codes[row, 0])
        if category != before:
            yield moment, category
        before = category
