"""Indicators against the year before. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hub.statistics.cells import Cell, Figures
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import UNITS, Indicator
from hub.statistics.periods import Period
from hub.statistics.review.content import Bar, Bars, Block, Paragraph, Section, Table, Text, plain, said
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.sections.numbers import NONE
from hub.statistics.review.small import WITHHELD, fewer, hidden_with, hides
from hub.statistics.showing import number


@dataclass(frozen=True)
class Shown:
    """Totals of one period as they may be told: `hidden` has the codes of those that may not."""

    cells: dict[str, Cell]
    hidden: set[str]
    k: int

    def told(self, code: str) -> bool:
        """Whether the value stands in the review."""
        return self.cells[code].value is not None and code not in self.hidden


def shown_of(figures: Figures, period: Period, k: int) -> Shown:
    """Which totals of a period may be told."""
    cells = {code: figures.cube(code).cell(period) for code in INDICATORS if code in figures.cubes}
    hidden = {code for code, cell in cells.items() if hides(INDICATORS[code], cell, k)}
    whole = {code: None if cell.value is None else cell.count for code, cell in cells.items()}
    return Shown(cells, hidden | hidden_with(whole, hidden, k), k)


def totals_of(found: Evidence) -> tuple[Shown, Shown]:
    """Of the year that is reviewed, and of the same days a year before."""
    span, k = found.span, found.smallest
    return shown_of(found.figures, span.period, k), shown_of(found.figures, span.before, k)


def indicators(found: Evidence) -> Section:
    """Each indicator up to the reference day beside the same days of the year before."""
    now, then = totals_of(found)
    rows = tuple(
        (
            said(one.words), said(UNITS[one.unit]), _value(one, then), _value(one, now), _change(one, then, now),
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
    bars = _population(found)
    if bars is not None:
        blocks.append(bars)
    blocks.append(
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
        )
    )
    held = _held(found, now)
    return Section("indicators", said("Indicators against last year"), (*blocks, *held))


def _value(one: Indicator, shown: Shown) -> Text:
    cell = shown.cells[one.code]
    if cell.value is None:
        return NONE
    if one.code in shown.hidden:
        return said(fewer(shown.k)) if cell.base is None and hides(one, cell, shown.k) else said(WITHHELD)
    return plain(number(cell, one.unit))


def _change(one: Indicator, then: Shown, now: Shown) -> Text:
    if not (then.told(one.code) and now.told(one.code)):
        return NONE
    before, after = then.cells[one.code].value, now.cells[one.code].value
    assert before is not None
    assert after is not None
    change = after - before
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return plain(f"{sign}{number(Cell(abs(change)), one.unit)}")


def _population(found: Evidence) -> Bars | None:
    """The population at the end of each month that is over."""
    cells = [(month, shown_of(found.figures, month, found.smallest)) for month in found.span.months]
    values = [(month, shown.cells["population"].count) for month, shown in cells if shown.told("population")]
    most = max((many for _month, many in values), default=0)
    if not most:
        return None
    return Bars(
        said("Population at the end of each month"),
        said("One bar for each month of the year: people in custody at its end."),
        tuple(Bar(said("%(day)s", day=month.last_on), many / most, plain(many)) for month, many in values),
    )


def _held(found: Evidence, now: Shown) -> tuple[Block, ...]:
    """What is not published because it does not add up."""
    rows = tuple(
        (said(INDICATORS[code].words), said(cell.held.why))
        for code, cell in now.cells.items()
        if cell.held is not None
    )
    if not rows:
        return ()
    return (Table(said("Not told, and why"), (said("Indicator"), said("Why")), (False, False), rows),)


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
