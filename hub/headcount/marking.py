"""What marks by name and by finger come to: who was seen where, and who in two places. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from hub.headcount.values import Mark, Person


@dataclass(frozen=True)
class Tally:
    """Marks of one recount of one unit that stand. `unknown` are people whom nobody knows.

    `again` are people whom two looks, apart from each other, found twice in the same unit.
    """

    unit: str
    recount: int
    seen: dict[Person, Mark]
    unknown: int = 0
    again: frozenset[Person] = frozenset()

    @property
    def number(self) -> int:
        return len(self.seen) + self.unknown


@dataclass(frozen=True)
class Twice:
    """Somebody counted more than once: every mark stands with its time, and a person says which one counts."""

    person: Person
    marks: tuple[Mark, ...]

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(sorted({mark.unit for mark in self.marks}))


def tally(unit: str, recount: int, marks: Iterable[Mark], same_scan_s: int) -> Tally:
    """The marks of one recount of a unit. A mark taken back ends every earlier one of that person there."""
    by_person: dict[Person | None, list[Mark]] = {}
    for mark in sorted(marks, key=lambda one: one.moment):
        if mark.unit == unit and mark.recount == recount:
            by_person.setdefault(mark.person, []).append(mark)
    nobody = by_person.pop(None, [])
    seen: dict[Person, Mark] = {}
    again: set[Person] = set()
    for person, said in by_person.items():
        assert person is not None
        standing = _standing(said)
        if standing:
            seen[person] = standing[-1]
        apart = timedelta(seconds=same_scan_s)
        if any(b.moment.at - a.moment.at > apart for a, b in pairwise(standing)):
            again.add(person)
    unknown = sum(-1 if mark.taken_back else 1 for mark in nobody)
    return Tally(unit, recount, seen, max(0, unknown), frozenset(again))


def _standing(said: list[Mark]) -> list[Mark]:
    last = max((place for place, mark in enumerate(said) if mark.taken_back), default=-1)
    return said[last + 1 :]


def twice(tallies: Iterable[Tally]) -> list[Twice]:
    """Who was seen in two units, or twice in one; by the first mark's time."""
    found: dict[Person, list[Mark]] = {}
    again: set[Person] = set()
    by_unit: dict[str, dict[Person, Mark]] = {}
    for one in sorted(tallies, key=lambda tallied: tallied.recount):
        again |= one.again
        by_unit.setdefault(one.unit, {}).update(one.seen)
    for seen in by_unit.values():
        for person, mark in seen.items():
            found.setdefault(person, []).append(mark)
    doubled = [
        Twice(person, tuple(sorted(marks, key=lambda mark: (mark.moment, mark.unit))))
        for person, marks in found.items()
        if len(marks) > 1 or person in again
    ]
    return sorted(doubled, key=lambda one: (one.marks[0].moment, one.person))
