"""Indicators against the year before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell
from hub.statistics.control.applying import is_withheld
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import UNITS
from hub.statistics.indicators.balancing import CODE as DOES_NOT_ADD_UP
from hub.statistics.periods import Period
from hub.statistics.review.blocks import Block, Line, Lines, Paragraph, Table, Text, plain, said
from hub.statistics.review.content import Section
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.sections.numbers import NONE
from hub.statistics.review.small import WITHHELD
from hub.statistics.showing import number

_WRONG: Final = Sentence("Entries in files contradict each other, so that the numbers do not agree.")
"""Without the numbers: some of them may be small."""


@dataclass(frozen=True)
class Shown:
    """Totals of one period as they may be told."""

    cells: Mapping[str, Cell]

    def told(self, code: str) -> bool:
        """Whether the value stands in the review."""
        return code in self.cells and self.cells[code].value is not None


def totals_of(found: Evidence) -> tuple[Shown, Shown]:
    """Of the year that is reviewed, and of the same days a year before."""
    span = found.span
    return Shown(found.told[span.period.code]), Shown(found.told[span.before.code])


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
        Paragraph(
            said(
                "The figures of %(period)s are those that were published, in revision %(revision)s.",
                period=period,
                revision=revision,
            )
        )
        for period, revision in found.published.items()
    ]
    blocks += [
        _population(found),
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
        return said(WITHHELD) if is_withheld(cell) else NONE
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


def _population(found: Evidence) -> Lines:
    """The population at the end of each month that is over, and of the same month a year before."""
    span = found.span
    this, before = _at_ends(found, span.months), _at_ends(found, span.months_before)
    return Lines(
        said("Population at the end of each month"),
        said("People in custody at the end of each month of the year, and of the year before."),
        said("People"),
        (
            Line(plain(str(span.year)), this),
            Line(plain(str(span.year - 1)), before),
        ),
    )


def _at_ends(found: Evidence, months: Sequence[Period]) -> tuple[float | None, ...]:
    """Of twelve months; None where it is not over, or not told."""
    values: list[float | None] = [None] * 12
    for month in months:
        value = found.told[month.code]["population"].value
        values[month.last_on.month - 1] = None if value is None else float(value)
    return tuple(values)


def _held(now: Shown) -> Table:
    """What is not published because it does not add up, or of which nothing can be said."""
    return Table(
        said("Not told, and why"),
        (said("Indicator"), said("Why")),
        (False, False),
        tuple(
            (
                said(INDICATORS[code].words),
                said(_WRONG if cell.held.code == DOES_NOT_ADD_UP else cell.held.why),
            )
            for code, cell in now.cells.items()
            if cell.held is not None and not is_withheld(cell)
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
                    for one in INDICATORS.values()
                ),
            ),
        ),
    )
