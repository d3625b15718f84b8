"""The cell board: who lives where, block by block, what is free and what is over."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.movements.cells.reading import Dweller, by_cell, cells, dwellers
from hub.movements.cells.rules import CellView


@dataclass(frozen=True)
class CellLine:
    """A cell with who lives there."""

    cell: CellView
    people: tuple[Dweller, ...]

    @property
    def over(self) -> int:
        """How many beyond the certified number."""
        return max(0, len(self.people) - self.cell.certified)

    @property
    def free(self) -> int:
        return 0 if self.cell.out_of_order else max(0, self.cell.working - len(self.people))

    @property
    def state(self) -> str:
        if self.cell.out_of_order:
            return "closed"
        if self.over:
            return "over"
        return "full" if not self.free else "free"


@dataclass(frozen=True)
class Tier:
    """A tier of a block."""

    name: str
    cells: tuple[CellLine, ...]


class _Sums(ABC):
    """What the cells of a part come to together."""

    @property
    @abstractmethod
    def lines(self) -> list[CellLine]:
        """Every cell of the part."""

    @property
    def free(self) -> int:
        return sum(line.free for line in self.lines)

    @property
    def over(self) -> int:
        return sum(line.over for line in self.lines)

    @property
    def out_of_order(self) -> int:
        return sum(line.cell.out_of_order for line in self.lines)


@dataclass(frozen=True)
class Block(_Sums):
    """A block with its tiers."""

    name: str
    tiers: tuple[Tier, ...]

    @property
    def lines(self) -> list[CellLine]:
        return [line for tier in self.tiers for line in tier.cells]

    @property
    def people(self) -> int:
        return sum(len(line.people) for line in self.lines)

    @property
    def certified(self) -> int:
        return sum(line.cell.certified for line in self.lines)


@dataclass(frozen=True)
class Board(_Sums):
    """The whole prison. `without` are those in custody to whom no cell is allotted, or one that is not there."""

    blocks: tuple[Block, ...]
    without: tuple[Dweller, ...]
    people: int

    @property
    def lines(self) -> list[CellLine]:
        return [line for block in self.blocks for line in block.lines]

    @property
    def in_cells(self) -> int:
        return sum(len(line.people) for line in self.lines)


def board(session: Session, at: datetime, *, known_at: datetime | None = None) -> Board:
    """How it is, or was as known at a time."""
    known = cells(session, known_at)
    everybody = dwellers(session, at, known_at=known_at)
    living = by_cell(everybody)
    blocks: dict[str, dict[str, list[CellLine]]] = {}
    for cell in known.values():
        line = CellLine(cell, tuple(living.get(cell.code, ())))
        blocks.setdefault(cell.block, {}).setdefault(cell.tier, []).append(line)
    return Board(
        tuple(
            Block(name, tuple(Tier(tier, tuple(lines)) for tier, lines in tiers.items()))
            for name, tiers in blocks.items()
        ),
        tuple(one for one in everybody if one.cell not in known),
        len(everybody),
    )
