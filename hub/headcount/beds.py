"""Empty beds against the cells of a unit: where a bed is empty that should not be, and who lives there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from hub.headcount.values import Person


@dataclass(frozen=True)
class Bedding:
    """A cell: how many beds it has, and who lives in it."""

    cell: str
    beds: int
    residents: frozenset[Person]


@dataclass(frozen=True)
class BedFinding:
    """A cell whose empty beds are not as they should be. `off` above 0: more are empty, so somebody is missing."""

    cell: str
    expected: int
    found: int
    residents: tuple[Person, ...]

    @property
    def off(self) -> int:
        return self.found - self.expected


def compare(
    cells: Iterable[Bedding], expected: Collection[Person], told: Mapping[str, int]
) -> list[BedFinding]:
    """Cells in their order that differ; a cell that was not told of was full. `told` is empty beds by cell."""
    found = []
    for cell in cells:
        here = sorted(cell.residents & set(expected))
        wanted, empty = max(0, cell.beds - len(here)), told.get(cell.cell, 0)
        if wanted != empty:
            found.append(BedFinding(cell.cell, wanted, empty, tuple(here)))
    return found
