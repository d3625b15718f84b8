"""Figures as pages and files show them: numbers in words of the reader, and notes for what is held back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import TOTAL, Cell, Cube, Figures, HeldBack
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import Indicator, Unit
from hub.statistics.forms.lines import Form
from hub.statistics.periods import Period, months_of, year_of

COLUMNS: Final = (
    "INDICATOR", "TIME_PERIOD", "CUT", "CATEGORY", "OBS_VALUE", "UNIT", "COUNT", "BASE", "HELD_BACK", "WHY"
)  # fmt: skip
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
_WHOLE: Final = frozenset({Unit.PEOPLE, Unit.EVENTS, Unit.PLACES, Unit.ESTABLISHMENTS})
_MARKS: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Notes:
    """Reasons why figures of one page are held back, each with a mark that stands in the table."""

    reasons: list[HeldBack] = field(default_factory=list)

    def mark(self, held: HeldBack) -> str:
        if held not in self.reasons:
            self.reasons.append(held)
        place = self.reasons.index(held)
        return _MARKS[place] if place < len(_MARKS) else str(place + 1)

    def marked(self) -> list[tuple[str, Sentence]]:
        return [(self.mark(held), held.why) for held in self.reasons]


def number(cell: Cell, unit: Unit) -> str:
    """The value with as many digits as it carries; "" where it is held back."""
    if cell.value is None:
        return ""
    if unit in _WHOLE and cell.value == int(cell.value):
        return f"{int(cell.value):,}"
    return f"{cell.value:,.1f}"


@dataclass(frozen=True)
class Row:
    """A line of a table: its words, a number or a note's mark for each column."""

    words: Sentence
    code: str
    values: tuple[tuple[str, str], ...]
    """For each period the number, or "" and the mark of why there is none."""
    level: int = 0


def row(words: Sentence, code: str, cells: Iterable[Cell], unit: Unit, notes: Notes) -> Row:
    """A line of cells."""
    return Row(
        words, code, tuple((number(cell, unit), notes.mark(cell.held) if cell.held else "") for cell in cells)
    )


def overview(figures: Figures, indicators: Sequence[Indicator], notes: Notes) -> list[tuple[Indicator, Row]]:
    """Each indicator without a cut, over the periods."""
    found = []
    for one in indicators:
        cube = figures.cubes[one.code]
        found.append(
            (
                one,
                row(one.words, one.code, (cube.cell(period) for period in figures.periods), one.unit, notes),
            )
        )
    return found


def rows_of(cube: Cube, notes: Notes) -> list[Row]:
    """The categories of a cube by one cut, the total last."""
    cut, unit = cube.cuts[0], cube.indicator.unit
    named = [*cut.categories.items(), (TOTAL, Sentence("Together"))]
    return [
        row(words, code, (cube.cell(period, code) for period in cube.periods), unit, notes)
        for code, words in named
    ]


def table_of(figures: Figures) -> str:
    """Every cell of every cube as CSV, one a line; the reasons in the words of the record."""
    lines = []
    for cube in figures.cubes.values():
        if cube.indicator.code not in INDICATORS:
            continue
        cuts = "*".join(cut.code for cut in cube.cuts)
        for period, key, cell in cube.rows():
            lines.append(
                (cube.indicator.code, period.code, cuts, "*".join(key), cell.value, cube.indicator.unit.value,
                 cell.count, cell.base, cell.held.code if cell.held else "", str(cell.held.why) if cell.held else "")
            )  # fmt: skip
    return _written(COLUMNS, lines)


def table_of_form(form: Form) -> str:
    """A form as CSV."""
    lines = [
        (form.code, form.period.code, line.code, str(line.words), line.cell.value, line.unit.value, line.source,
         str(line.cell.held.why) if line.cell.held else str(line.remark or ""))
        for line in form.lines
    ]  # fmt: skip
    return _written(("FORM", "TIME_PERIOD", "LINE", "WORDS", "OBS_VALUE", "UNIT", "SOURCE", "WHY"), lines)


def _written(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for line in lines:
        writer.writerow(["" if one is None else _safe(one) for one in line])
    return out.getvalue()


def _safe(value: object) -> object:
    """A word that a spreadsheet would take for a formula is told to be a word; a source is typed by hand."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def years_to_choose(first: int, last: int) -> list[int]:
    """Years with something in them, the newest first."""
    return list(range(last, first - 1, -1))


def periods_of(year: int) -> tuple[Period, ...]:
    """What a page of a year shows: its months and the year."""
    return (*months_of(year), year_of(year))
