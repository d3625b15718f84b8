"""What earlier publications have told: it cannot be taken back, and a change of a few people shows who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.statistics.control.linking import Linked
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
    differences: Sequence[tuple[str, int, str]]
    """Table, number of the publication, and name of the number that changed by too little."""


def guard(linked: Linked, earlier: Sequence[Earlier], k: int) -> Guarded:
    """Compare with every earlier publication, oldest first.

    A figure without a cut may change by any amount: that somebody was recorded late tells nothing about them. A table
    in which a cell changed by 1 to k - 1 is withheld whole: the one that stands remains the one that stands.
    """
    public: set[str] = set()
    before: dict[str, Why] = dict(linked.unpublished)
    tables: dict[str, Why] = {}
    found: list[tuple[str, int, str]] = []
    for one in earlier:
        for table, names in _tables(linked).items():
            for name in names:
                if name in one.values and small(abs(linked.values[name] - one.values[name]), k):
                    tables[table] = Why.DIFFERENCE
                    found.append((table, one.number, name))
                    break
        for name, value in linked.values.items():
            if one.told(name) == value:
                public.add(name)
            elif name in one.values and one.withheld.get(name) not in (None, Why.UNPUBLISHED, Why.DIFFERENCE):
                before.setdefault(name, Why.AS_BEFORE)
    return Guarded(
        frozenset(public), {name: why for name, why in before.items() if name not in public}, tables, found
    )


def _tables(linked: Linked) -> dict[str, tuple[str, ...]]:
    return {table: names for table, names in linked.tables.items() if not table.endswith("@months")}
