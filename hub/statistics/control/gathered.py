"""What is gathered for disclosure control: numbers with their cost, sums, tables, printed shares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import log2
from typing import Final

from hub.statistics.control.model import Equation, Number, Numbers, Share, Why
from hub.statistics.control.names import name_of
from hub.statistics.periods import Period

_HEAD: Final = frozenset({"population", "admissions", "releases", "unsentenced_share"})
_HEAD_COST: Final = 4_000.0
_WHOLE_COST: Final = 800.0
_CUT_COST: Final = 12.0
"""What withholding a unit of it costs the reader: headlines, other wholes, tables by one cut; by two it is 1."""
Terms = list[tuple[str, int]]


@dataclass
class Linked:
    """What is gathered; `unpublished` are numbers that are withheld from the start."""

    values: dict[str, int] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    together: list[tuple[str, ...]] = field(default_factory=list)
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unpublished: dict[str, Why] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)

    def put(self, name: str, value: int, cuts: int, *, hidden: bool = False) -> None:
        """A number; one that is published anywhere is published."""
        known = name in self.values
        self.values[name] = value
        head = _HEAD_COST if name.partition("|")[0].partition("#")[0] in _HEAD else _WHOLE_COST
        self.costs[name] = head if not cuts else (_CUT_COST if cuts == 1 else 1.0) * (1 + log2(1 + value))
        if not hidden:
            self.unpublished.pop(name, None)
        elif not known:
            self.unpublished[name] = Why.UNPUBLISHED

    def add(self, terms: Iterable[tuple[str, int]], *, constant: int = 0, strict: bool = True) -> None:
        """A sum that everybody knows; left out where a number of it is missing, or where it does not hold.

        `strict` False takes as known what is missing in the sum.
        """
        kept = [(name, factor) for name, factor in terms if factor]
        if any(name not in self.values for name, _ in kept):
            return
        made = sum(self.values[name] * factor for name, factor in kept)
        if strict and made != constant:
            return
        self.equations.append(Equation(tuple(kept), made))

    def rest(
        self, code: str, period: Period, where: Mapping[str, str], wide: Terms, narrow: Terms
    ) -> str | None:
        """A number that stands nowhere, and that whoever has both others knows; its name, None where there is none."""
        if any(name not in self.values for name, _ in (*wide, *narrow)):
            return None
        value = sum(self.values[name] * factor for name, factor in (*wide, *minus(narrow)))
        if value < 0:
            return None
        name = name_of(code, period, **where)
        self.put(name, value, len(where), hidden=True)
        self.add([*wide, *minus(narrow), (name, -1)])
        return name

    def numbers(
        self, public: Collection[str], told: Mapping[str, int], ends: Mapping[str, tuple[int, int | None]]
    ) -> Numbers:
        """All of it, with what cannot be withheld, what was given of numbers that changed by few, and what is known."""
        found = {
            name: Number(
                name, value, self.costs[name], sensitive=name not in self.shares, public=name in public,
                told=told.get(name), floor=ends.get(name, (0, None))[0], ceiling=ends.get(name, (0, None))[1],
            )
            for name, value in self.values.items()
        }  # fmt: skip
        return Numbers(found, self.equations, self.together, self.tables, tuple(self.shares.values()))


def minus(terms: Terms) -> Terms:
    """The same, taken away."""
    return [(name, -factor) for name, factor in terms]
