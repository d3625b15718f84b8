"""What a figure looks like once it is computed: cells in cubes, each with how many people stand behind it.

Nothing here knows how a figure is computed, or what of it may leave the prison.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cuts import Cut
from hub.statistics.definitions import Indicator
from hub.statistics.periods import Period

TOTAL: Final = "_T"
"""The category of everybody together, as SDMX codes it."""


@dataclass(frozen=True)
class HeldBack:
    """Why a figure is not given: a code for machines, a sentence for people."""

    code: str
    why: Sentence


@dataclass(frozen=True)
class Cell:
    """One figure. `value` is None where it is held back.

    `count` and `base` are whole numbers of people or events: of a count the number itself (`base` None), of a ratio
    what stands above and below the line, of a median how many were looked at (in both). Disclosure control works on
    them, not on `value`.
    """

    value: int | float | None
    count: int = 0
    base: int | None = None
    held: HeldBack | None = None


Key = tuple[str, ...]
"""Code of the period, then one category for each cut of the cube, in the cube's order."""


@dataclass(frozen=True)
class Cube:
    """One indicator over periods, by none, one or several cuts; each cut has the category TOTAL besides its own.

    Every combination is there: a missing cell would look like a nought.
    """

    indicator: Indicator
    periods: tuple[Period, ...]
    cuts: tuple[Cut, ...]
    cells: Mapping[Key, Cell] = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the cube among the figures: indicator, then cuts, joined by dots."""
        return ".".join((self.indicator.code, *(cut.code for cut in self.cuts)))

    def cell(self, period: Period | str, *categories: str) -> Cell:
        """A cell by its categories, in the order of the cuts; those left out are TOTAL."""
        code = period if isinstance(period, str) else period.code
        return self.cells[(code, *categories, *([TOTAL] * (len(self.cuts) - len(categories))))]

    def rows(self) -> Iterator[tuple[Period, Key, Cell]]:
        """Period, categories and cell, in the order of a table: by period, then by category, the total last."""
        by_code = {period.code: period for period in self.periods}
        for key, cell in self.cells.items():
            yield by_code[key[0]], key[1:], cell


@dataclass(frozen=True)
class Figures:
    """Cubes computed together from the same facts. `known_at` None: as known at `computed_at`."""

    cubes: Mapping[str, Cube] = field(repr=False)
    periods: tuple[Period, ...]
    known_at: datetime | None
    computed_at: datetime

    def held_for(self, code: str) -> bool:
        """Whether any cell is held back for this reason."""
        return any(
            cell.held is not None and cell.held.code == code
            for cube in self.cubes.values()
            for cell in cube.cells.values()
        )

    def cube(self, indicator: str, *cuts: str) -> Cube:
        """A cube by the codes of its indicator and cuts; KeyError where there is none."""
        return self.cubes[".".join((indicator, *cuts))]
