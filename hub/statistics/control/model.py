"""Numbers that hang together by sums, as disclosure control sees them: values, equations, what is withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Final


class Why(StrEnum):
    """Why a number is withheld. Only those inside learn which: that a number is small is told by nobody."""

    SMALL = "small"
    FOR_ANOTHER = "for_another"
    TABLE = "table"
    """The whole table is withheld: it could not be protected cell by cell."""
    DIFFERENCE = "difference"
    """The whole table is withheld: beside an earlier publication it would show a change of a few people."""
    AS_BEFORE = "as_before"
    """An earlier publication of the same period withheld it."""
    UNPUBLISHED = "unpublished"
    """Never given out, and could be reckoned from others."""


@dataclass(frozen=True)
class Number:
    """One number of people or events. `cost` is what withholding it takes from the reader, at least 1.

    `public` numbers stand in an earlier publication and can no longer be withheld. `told` is what an earlier one gave
    where the number has changed by so few that the change would show them. `floor` and `ceiling` are the
    least and the most that everybody knows it to be, given or not: a median is given only of enough people.
    """

    name: str
    value: int
    cost: float = 1.0
    sensitive: bool = True
    public: bool = False
    told: int | None = None
    floor: int = 0
    ceiling: int | None = None

    def must_be_protected(self, k: int) -> bool:
        """Whether it is small, or has changed by a small number; what is public already cannot be."""
        return self.told is not None or (self.sensitive and not self.public and 0 < self.value < k)


@dataclass(frozen=True)
class Equation:
    """The sum of coefficient × number is `constant`; everybody knows so."""

    terms: tuple[tuple[str, int], ...]
    constant: int = 0


_HALF: Final = 2_000
"""Halves of a tenth of a per cent in the whole."""


@dataclass(frozen=True)
class Share:
    """A share as it is printed: `count` of `base` in per cent, to one decimal, so `tenths` of a thousandth.

    `name` is that of the share among the numbers. Neither of the other two is given out; the rounding bounds them.
    """

    name: str
    count: str
    base: str
    tenths: int

    def bounds(self) -> tuple[Bound, ...]:
        """What everybody knows who reads it. Both ends belong to it, however a half is rounded."""
        low, high = 2 * self.tenths - 1, 2 * self.tenths + 1
        return (
            Bound(((self.count, _HALF), (self.base, -low)), 0.0, inf),
            Bound(((self.count, _HALF), (self.base, -high)), -inf, 0.0),
            # Of nobody no share is printed.
            Bound(((self.base, 1),), 1.0, inf),
        )


@dataclass(frozen=True)
class Bound:
    """The sum of coefficient × number is from `low` to `high`."""

    terms: tuple[tuple[str, int], ...]
    low: float
    high: float


@dataclass(frozen=True)
class Numbers:
    """All of them. `together`: sets that are shown or withheld as one. `tables`: numbers by the table they stand in.

    `shares`: those that are published; each binds its two numbers as long as it is not withheld.
    """

    numbers: Mapping[str, Number] = field(repr=False)
    equations: Sequence[Equation] = field(repr=False)
    together: Sequence[tuple[str, ...]] = field(default=(), repr=False)
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    shares: Sequence[Share] = field(default=(), repr=False)


Withheld = dict[str, Why]


def least(value: int, why: Why) -> int:
    """The least that everybody must think possible of a withheld number.

    Single cells are withheld only when somebody stands in them; of a table withheld whole, of what is never given
    and of what goes with another nobody knows even that.
    """
    return 1 if value and why in (Why.SMALL, Why.FOR_ANOTHER) else 0
