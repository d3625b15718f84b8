"""What is on the one page for ministers: five numbers with their change, three charts, what is not known.

Only from publications: nothing on it has not been through disclosure control and two people's hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell, Figures
from hub.statistics.cuts import CUTS, NOT_KNOWN
from hub.statistics.definitions import INDICATORS, Indicator
from hub.statistics.periods import Period, month_of, year_of
from hub.statistics.publishing.body import figures_of
from hub.statistics.publishing.glance_charts import (
    Drawn,
    Known,
    Month,
    Say,
    Words,
    charts,
    last_months,
    plain,
)
from hub.statistics.publishing.observations import SUPPRESSED, lines_of
from hub.statistics.publishing.records import Publication

FIVE: Final = ("population", "occupancy", "unsentenced_share", "remand_median_days", "admissions")


@dataclass(frozen=True)
class Headline:
    """One of the five. `change` is None where there is nothing published to compare with.

    `year_before`: of a month, the same month of the year before; None of a year, which is compared with it anyway.
    """

    indicator: Indicator
    cell: Cell
    before: Cell | None
    year_before: Cell | None = None

    @property
    def shown(self) -> str:
        return plain(self.cell.value)

    @property
    def last_year(self) -> str:
        """The value a year before, empty where none was published."""
        return (
            ""
            if self.year_before is None or self.year_before.value is None
            else plain(self.year_before.value)
        )

    @property
    def change(self) -> float | None:
        if self.cell.value is None or self.before is None or self.before.value is None:
            return None
        return round(self.cell.value - self.before.value, 1)


@dataclass(frozen=True)
class Glance:
    """`row` is the publication that the five come from; `against` and `last_year` what they are compared with."""

    row: Publication
    period: Period
    against: Period
    last_year: Period
    headlines: list[Headline]
    charts: list[Drawn]
    unknown: list[Sentence]


def glance(rows: Sequence[Publication], say: Say, month: Month) -> Glance | None:
    """The page of the newest period of these frozen publications, oldest revision first; None of none.

    `month` says the month of a day in the reader's words.
    """
    if not rows:
        return None
    known = Known(rows)
    latest = max(
        rows,
        key=lambda row: (figures_of(row).periods[-1].last_on, len(figures_of(row).periods), row.revision),
    )
    figures = figures_of(latest)
    period = figures.periods[-1]
    against, last_year = _before(period), _year_before(period)
    headlines = []
    for code in FIVE:
        cell = known.cell(code, period)
        if cell is not None:
            last = None if last_year == against else known.cell(code, last_year)
            headlines.append(Headline(INDICATORS[code], cell, known.cell(code, against), last))
    return Glance(
        latest,
        period,
        against,
        last_year,
        headlines,
        charts(known, period, Words(say, month)),
        _unknown(figures, period, known, say),
    )


def _before(period: Period) -> Period:
    day = period.first_on - timedelta(days=1)
    return year_of(day.year) if period == year_of(period.year) else month_of(day)


def _year_before(period: Period) -> Period:
    if period == year_of(period.year):
        return year_of(period.year - 1)
    return month_of(period.first_on.replace(year=period.year - 1))


def _unknown(figures: Figures, period: Period, known: Known, say: Say) -> list[Sentence]:
    """What the page cannot say, each with its reason."""
    found = []
    for code in FIVE:
        cell = known.cell(code, period)
        if cell is not None and cell.held is not None:
            said = {"figure": INDICATORS[code].words, "why": cell.held.why}
            found.append(Sentence("%(figure)s: %(why)s", said))
    for code in ("LEGAL_STATUS", "ICCS", "CITIZENSHIP", "DISTRICT", "AGE"):
        cell = figures.cube("population", code).cell(period, NOT_KNOWN)
        if cell.value:
            missing: dict[str, object] = {"cut": CUTS[code].words, "many": f"{cell.value:,}"}
            found.append(Sentence("%(cut)s: not recorded of %(many)s of those held.", missing))
    missing_months = sum(known.cell("population", month) is None for month in last_months(period))
    if missing_months:
        found.append(
            Sentence("%(many)s of the last 12 months were never published.", {"many": missing_months})
        )
    withheld = sum(line["OBS_STATUS"] == SUPPRESSED for line in lines_of(figures))
    if withheld:
        found.append(
            Sentence(
                "%(many)s numbers are withheld, so that nobody can be recognised in them.", {"many": withheld}
            )
        )
    return found
