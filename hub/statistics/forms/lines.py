"""Lines of a form, from cells: taken as they are, added up, or set in proportion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell, HeldBack
from hub.statistics.definitions.model import Unit
from hub.statistics.entered.records import EnteredFigure
from hub.statistics.indicators.making import percent
from hub.statistics.periods import Period

NOT_ENTERED: Final = HeldBack(
    "not_entered", Sentence("Nobody has entered this figure with its source for that day.")
)


@dataclass(frozen=True)
class Line:
    """One line: what is asked, the answer, and what it counts. `source` of a figure that was entered."""

    code: str
    words: Sentence
    cell: Cell
    unit: Unit
    source: str = ""


@dataclass(frozen=True)
class Form:
    """`note` says what the form counts otherwise than the prison's own figures do."""

    code: str
    words: Sentence
    note: Sentence
    period: Period
    lines: tuple[Line, ...]


def share(part: Cell, whole: Cell) -> Cell:
    """One in per cent of the other; held back where either is."""
    held = part.held or whole.held
    return Cell(None, held=held) if held else percent(part.count, whole.count)


def together(cells: Sequence[Cell]) -> Cell:
    """The sum; held back where one of them is."""
    held = next((cell.held for cell in cells if cell.held), None)
    total = sum(cell.count for cell in cells)
    return Cell(None, held=held) if held else Cell(total, total)


def of_base(cell: Cell, elsewhere: Cell) -> Cell:
    """What stands below the line of a ratio, as a count; `elsewhere` is held back where the ratio cannot say it."""
    if cell.base is None or elsewhere.held:
        return Cell(None, held=elsewhere.held or cell.held)
    return Cell(cell.base, cell.base)


def of_count(cell: Cell, elsewhere: Cell) -> Cell:
    """What stands above the line of a ratio."""
    if cell.base is None or elsewhere.held:
        return Cell(None, held=elsewhere.held or cell.held)
    return Cell(cell.count, cell.count)


def entered_line(code: str, words: Sentence, row: EnteredFigure | None, unit: Unit) -> Line:
    """A figure that somebody entered."""
    if row is None:
        return Line(code, words, Cell(None, held=NOT_ENTERED), unit)
    return Line(code, words, Cell(row.value, row.value), unit, row.source)


def rate(people: Cell, row: EnteredFigure | None) -> Cell:
    """Per 100,000 living in the country."""
    if people.held:
        return people
    if row is None:
        return Cell(None, held=NOT_ENTERED)
    return Cell(100_000 * people.count / row.value, people.count, row.value)
