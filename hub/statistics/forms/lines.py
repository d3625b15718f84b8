"""Lines of a form, from cells: taken as they are, added up, or set in proportion.

A nought says that there are none. Where nobody knows, the line is blank and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell, Cube, Figures, HeldBack
from hub.statistics.cuts import NOT_KNOWN
from hub.statistics.definitions.model import Unit
from hub.statistics.entered.records import EnteredFigure
from hub.statistics.indicators.making import percent
from hub.statistics.periods import Period

NOT_ENTERED: Final = HeldBack(
    "not_entered", Sentence("Nobody has entered this figure with its source for that day.")
)
NOTHING_RECORDED: Final = HeldBack(
    "nothing_recorded",
    Sentence(
        "Not available: nobody was in custody and nobody came or went. Of a prison in service that means that this "
        "register has nothing of the period."
    ),
)


@dataclass(frozen=True)
class Line:
    """One line: what is asked, the answer, and what it counts. `source` of a figure that was entered.

    `remark` says what the answer leaves out.
    """

    code: str
    words: Sentence
    cell: Cell
    unit: Unit
    source: str = ""
    remark: Sentence | None = None


@dataclass(frozen=True)
class Form:
    """`note` says what the form counts otherwise than the prison's own figures do."""

    code: str
    words: Sentence
    note: Sentence
    period: Period
    lines: tuple[Line, ...]


def unrecorded(cube: Cube, period: Period, *, below: bool = False) -> HeldBack | None:
    """Why no category of a cube by one cut can be told: of all of them nobody wrote it down.

    `below` looks at what stands below the line of a ratio.
    """
    unknown, whole = (_people(cube.cell(period, *by), below=below) for by in ((NOT_KNOWN,), ()))
    if not whole or unknown < whole:
        return None
    return HeldBack(
        "not_recorded",
        Sentence(
            "Not available: %(cut)s is recorded of none of the %(many)s people in question.",
            {"cut": cube.cuts[0].words, "many": whole},
        ),
    )


def share_line(code: str, words: Sentence, cube: Cube, period: Period, category: str) -> Line:
    """A category in per cent of those of whom it is known; the remark says how many are left out."""
    part, unknown, whole = (cube.cell(period, *by) for by in ((category,), (NOT_KNOWN,), ()))
    held = part.held or unknown.held or whole.held or unrecorded(cube, period)
    if held is not None:
        return Line(code, words, Cell(None, held=held), Unit.PERCENT)
    remark = Sentence(
        "Of %(many)s of %(whole)s people it is not recorded; they are left out.",
        {"many": unknown.count, "whole": whole.count},
    )
    cell = percent(part.count, whole.count - unknown.count)
    return Line(code, words, cell, Unit.PERCENT, remark=remark if unknown.count else None)


def not_available(code: str, words: Sentence, why: Sentence, unit: Unit) -> Line:
    """A line that the form has and the register cannot fill."""
    return Line(code, words, Cell(None, held=HeldBack("not_available", why)), unit)


def where_recorded(lines: Sequence[Line], figures: Figures, period: Period) -> tuple[Line, ...]:
    """The lines, those that come from the register left blank where it has nothing of the period."""
    seen = [figures.cube(code).cell(period) for code in ("population", "opening", "admissions", "releases")]
    if any(cell.held or cell.count for cell in seen):
        return tuple(lines)
    blank = Cell(None, held=NOTHING_RECORDED)
    return tuple(
        one if one.source or one.cell.held else replace(one, cell=blank, remark=None) for one in lines
    )


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


def _people(cell: Cell, *, below: bool) -> int:
    return (cell.base or 0) if below else cell.count


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
