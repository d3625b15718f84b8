"""What earlier publications have told: it cannot be taken back, and a change of a few people shows who they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.statistics.control.gathered import Linked
from hub.statistics.control.model import Why
from hub.statistics.control.thresholds import small


@dataclass(frozen=True)
class Earlier:
    """A frozen publication: its number, every value that control saw, and which of them were withheld."""

    number: int
    values: Mapping[str, int] = field(repr=False)
    withheld: Mapping[str, Why] = field(repr=False)

    def told(self, name: str) -> int | None:
        """The value that was given out; None where none was."""
        return self.values.get(name) if name not in self.withheld else None


@dataclass(frozen=True)
class Guarded:
    """What follows: numbers that are public, numbers withheld as before, tables held for a small difference."""

    public: frozenset[str]
    before: Mapping[str, Why]
    tables: Mapping[str, Why]
    told: Mapping[str, int]
    """What was given of numbers that changed by so few since."""
    differences: Sequence[tuple[str, int, str]]
    """Table, number of the publication, and name of the number that changed by too little."""


def guard(linked: Linked, earlier: Sequence[Earlier], k: int) -> Guarded:
    """Compare with every earlier publication, oldest first.

    Population, admissions and releases without a cut may change by any number: that somebody was recorded late tells
    nothing about them. Any other table in which a number changed by 1 to k - 1 is withheld whole: the earlier stands.
    """
    public: set[str] = set()
    before: dict[str, Why] = dict(linked.unpublished)
    tables: dict[str, Why] = {}
    told: dict[str, int] = {}
    found: list[tuple[str, int, str]] = []
    for one in earlier:
        for table, name in _moved(linked, one, k):
            tables[table] = Why.DIFFERENCE
            found.append((table, one.number, name))
            was = one.told(name)
            if was is not None:
                told[name] = was
        for name, value in linked.values.items():
            if one.told(name) == value:
                public.add(name)
            elif one.withheld.get(name) not in (None, Why.UNPUBLISHED, Why.DIFFERENCE):
                before.setdefault(name, Why.AS_BEFORE)
    # That a number of a withheld table has not changed was told by nobody.
    public -= {name for table in tables for name in linked.tables[table]}
    kept = {name: why for name, why in before.items() if name not in public}
    return Guarded(frozenset(public), kept, tables, told, found)


def _moved(linked: Linked, one: Earlier, k: int) -> Iterator[tuple[str, str]]:
    """Tables with the numbers of theirs that changed by 1 to k - 1 since they were given."""
    for table, names in _tables(linked).items():
        for name in names:
            if one.withheld.get(name) is Why.DIFFERENCE or name not in one.values or name in linked.shares:
                continue  # Of a share it is the people in it that have to be as many, not its tenths.
            if small(abs(linked.values[name] - one.values[name]), k):
                yield table, name


def _tables(linked: Linked) -> dict[str, tuple[str, ...]]:
    return {table: names for table, names in linked.tables.items() if not table.endswith("@months")}
