"""Indicators against the year before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hub.statistics.cells import Cell, Figures
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import UNITS
from hub.statistics.periods import Period
from hub.statistics.review.blocks import Block, Line, Lines, Paragraph, Table, Text, plain, said
from hub.statistics.review.content import Section
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.sections.numbers import NONE
from hub.statistics.review.small import WITHHELD, hidden_with, hides
from hub.statistics.showing import number


@dataclass(frozen=True)
class Shown:
    """Totals of one period as they may be told: `hidden` has the codes of those that may not."""

    cells: dict[str, Cell]
    hidden: set[str]
    k: int
    last_on: date

    def told(self, code: str) -> bool:
        """Whether the value stands in the review."""
        return self.cells[code].value is not None and code not in self.hidden

    def without(self, code: str) -> Shown:
        """With one more hidden, and what would tell it."""
        whole = {code: None if cell.value is None else cell.count for code, cell in self.cells.items()}
        hidden = self.hidden | {code}
        return replace(self, hidden=hidden | hidden_with(whole, hidden, self.k))


def shown_of(figures: Figures, period: Period, k: int) -> Shown:
    """Which totals of a period may be told."""
    cells = {code: figures.cube(code).cell(period) for code in INDICATORS if code in figures.cubes}
    hidden = {code for code, cell in cells.items() if hides(INDICATORS[code], cell, k)}
    whole = {code: None if cell.value is None else cell.count for code, cell in cells.items()}
    return Shown(cells, hidden | hidden_with(whole, hidden, k), k, period.last_on)


def totals_of(found: Evidence) -> tuple[Shown, Shown]:
    """Of the year that is reviewed, and of the same days a year before."""
    span, k = found.span, found.smallest
    now, then = shown_of(found.figures, span.period, k), shown_of(found.figures, span.before, k)
    if span.before.last_on + timedelta(days=1) == span.period.first_on and (
        "opening" in now.hidden or "population" in then.hidden
    ):
        # The population at the end of the one year is that at the beginning of the other: told in neither or in both.
        now, then = now.without("opening"), then.without("population")
    return now, then


def indicators(found: Evidence) -> Section:
    """Each indicator up to the reference day beside the same days of the year before."""
    now, then = totals_of(found)
    rows = tuple(
        (
            said(one.words), said(UNITS[one.unit]), value_of(code, then), value_of(code, now),
            change_of(code, then, now),
        )
        for code, one in INDICATORS.items()
        if code in now.cells
    )  # fmt: skip
    blocks: list[Block] = [
        Paragraph(
            said(
                "From %(first)s to %(last)s, beside the same days of the year before. How each figure is defined and "
                "computed stands in the annex.",
                first=found.span.period.first_on,
                last=found.span.period.last_on,
            )
        )
    ]
    blocks += [
        _population(found, now, then),
        Table(
            said("Indicators against the year before"),
            (
                said("Indicator"),
                said("Unit"),
                plain(str(found.span.year - 1)),
                plain(str(found.span.year)),
                said("Difference"),
            ),
            (False, False, True, True, True),
            rows,
            said(
                "Fewer than %(smallest)s is never told, nor what would tell it. A dash: nothing to count, or not "
                "recorded then.",
                smallest=found.smallest,
            ),
        ),
        _held(now),
    ]
    return Section("indicators", said("Indicators against last year"), tuple(blocks))


def value_of(code: str, shown: Shown) -> Text:
    """A total as it may be told.

    What is small and what is hidden with it read alike, here and in publications: told apart, the one gives away that
    it is small, and the other how small it makes the first.
    """
    one, cell = INDICATORS[code], shown.cells[code]
    if cell.value is None:
        return NONE
    if code in shown.hidden:
        return said(WITHHELD)
    return plain(number(cell, one.unit))


def change_of(code: str, then: Shown, now: Shown) -> Text:
    """By how much a total became another; a dash unless both are told."""
    if not (then.told(code) and now.told(code)):
        return NONE
    before, after = then.cells[code].value, now.cells[code].value
    assert before is not None
    assert after is not None
    change = after - before
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return plain(f"{sign}{number(Cell(abs(change)), INDICATORS[code].unit)}")


def _population(found: Evidence, now: Shown, then: Shown) -> Lines:
    """The population at the end of each month that is over, and of the same month a year before."""
    span = found.span
    this, before = _at_ends(found, span.months, now), _at_ends(found, span.months_before, then)
    return Lines(
        said("Population at the end of each month"),
        said("People in custody at the end of each month of the year, and of the year before."),
        said("People"),
        (
            Line(plain(str(span.year)), this),
            Line(plain(str(span.year - 1)), before),
        ),
    )


def _at_ends(found: Evidence, months: Sequence[Period], whole: Shown) -> tuple[float | None, ...]:
    """Of twelve months; None where it is not over, or not told. `whole` is of the year, whose last day may be one."""
    values: list[float | None] = [None] * 12
    for month in months:
        shown = shown_of(found.figures, month, found.smallest)
        last = "population" in whole.hidden and month.last_on == whole.last_on
        if shown.told("population") and not last:
            values[month.last_on.month - 1] = float(shown.cells["population"].count)
    return tuple(values)


def _held(now: Shown) -> Table:
    """What is not published because it does not add up, or of which nothing can be said."""
    return Table(
        said("Not told, and why"),
        (said("Indicator"), said("Why")),
        (False, False),
        tuple(
            (said(INDICATORS[code].words), said(cell.held.why))
            for code, cell in now.cells.items()
            if cell.held is not None
        ),
    )


def annex(found: Evidence) -> Section:
    """Definitions of the indicators."""
    return Section(
        "definitions",
        said("Annex: definitions"),
        (
            Table(
                said("How each indicator is defined"),
                (said("Indicator"), said("Definition"), said("Formula"), said("Source")),
                (False, False, False, False),
                tuple(
                    (said(one.words), said(one.definition), said(one.formula), said(one.source))
                    for code, one in INDICATORS.items()
                    if code in found.figures.cubes
                ),
            ),
        ),
    )
