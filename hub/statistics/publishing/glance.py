"""What is on the one page for ministers: five numbers with their change, three charts, what is not known.

Only from publications: nothing on it has not been through disclosure control and two people's hands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell, Figures
from hub.statistics.charts import Pair, Series, line_chart, pyramid
from hub.statistics.cuts import CUTS, NOT_KNOWN
from hub.statistics.definitions import INDICATORS, Indicator
from hub.statistics.periods import Period, month_of, months, year_of
from hub.statistics.publishing.body import figures_of
from hub.statistics.publishing.observations import SUPPRESSED, lines_of
from hub.statistics.publishing.records import Publication

FIVE: Final = ("population", "occupancy", "unsentenced_share", "remand_median_days", "admissions")
MONTHS: Final = 12
Say = Callable[[Sentence], str]


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
        return _plain(self.cell.value)

    @property
    def last_year(self) -> str:
        """The value a year before, empty where none was published."""
        return (
            ""
            if self.year_before is None or self.year_before.value is None
            else _plain(self.year_before.value)
        )

    @property
    def change(self) -> float | None:
        if self.cell.value is None or self.before is None or self.before.value is None:
            return None
        return round(self.cell.value - self.before.value, 1)


@dataclass(frozen=True)
class Drawn:
    """A chart, and its numbers as a table: a head, then rows."""

    title: Sentence
    svg: str = field(repr=False)
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


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


class _Known:
    """Cells without a cut by indicator and period, of every publication; a later revision's value counts."""

    def __init__(self, rows: Sequence[Publication]) -> None:
        self.cells: dict[tuple[str, str], Cell] = {}
        for row in rows:
            for name, cube in figures_of(row).cubes.items():
                if name in INDICATORS:
                    for period, _key, cell in cube.rows():
                        # What was not given anew stands as it was given before.
                        if not (
                            cell.held and cell.held.code == "as_earlier" and (name, period.code) in self.cells
                        ):
                            self.cells[(name, period.code)] = cell

    def cell(self, code: str, period: Period) -> Cell | None:
        return self.cells.get((code, period.code))

    def value(self, code: str, period: Period) -> float | None:
        found = self.cell(code, period)
        return None if found is None else found.value


def glance(rows: Sequence[Publication], say: Say) -> Glance | None:
    """The page of the newest period of these frozen publications, oldest revision first; None of none."""
    if not rows:
        return None
    known = _Known(rows)
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
        _charts(known, period, say),
        _unknown(figures, period, known, say),
    )


def _before(period: Period) -> Period:
    day = period.first_on - timedelta(days=1)
    return year_of(day.year) if period == year_of(period.year) else month_of(day)


def _year_before(period: Period) -> Period:
    if period == year_of(period.year):
        return year_of(period.year - 1)
    return month_of(period.first_on.replace(year=period.year - 1))


def _last_months(period: Period) -> tuple[Period, ...]:
    last = period.last_on
    first = date(last.year - 1, last.month, 1) if last.month == 12 else date(last.year - 1, last.month + 1, 1)
    return months(date(last.year, 1, 1) if last.month == 12 else first, last)


def _charts(known: _Known, period: Period, say: Say) -> list[Drawn]:
    over = _last_months(period)
    codes = tuple(month.code for month in over)
    held = [_line(known, over, codes, ("population", "capacity"), Sentence("People held, and places"), say)]
    held.append(
        _line(
            known,
            over,
            codes,
            ("unsentenced_share",),
            Sentence("Unsentenced, in per cent of those held"),
            say,
        )
    )
    title = Sentence("Who came and who went")
    came, went = (INDICATORS[code].words for code in ("admissions", "releases"))
    pairs = [
        Pair(month.code, known.value("admissions", month), known.value("releases", month), "–")
        for month in over
    ]
    svg = pyramid(say(title), _told(codes, say), say(came), say(went), pairs, unit=say(Sentence("Month")))
    rows = [(one.words, _plain(one.left), _plain(one.right)) for one in pairs]
    return [*held, Drawn(title, svg, (say(Sentence("Month")), say(came), say(went)), rows)]


def _line(
    known: _Known,
    over: Sequence[Period],
    labels: tuple[str, ...],
    codes: Sequence[str],
    title: Sentence,
    say: Say,
) -> Drawn:
    series = [
        Series(say(INDICATORS[code].words), [known.value(code, month) for month in over]) for code in codes
    ]
    unit = say(Sentence("Per cent") if codes == ("unsentenced_share",) else Sentence("People"))
    short = [Series(one.words if len(series) > 1 else "", one.values) for one in series]
    svg = line_chart(say(title), _told(labels, say), labels, short, unit=unit)
    rows = [(label, *(_plain(one.values[at]) for one in series)) for at, label in enumerate(labels)]
    return Drawn(title, svg, (say(Sentence("Month")), *(one.words for one in series)), rows)


def _told(labels: Sequence[str], say: Say) -> str:
    said = {"first": labels[0], "last": labels[-1]}
    return say(Sentence("By month from %(first)s to %(last)s. The table below has every number.", said))


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def _unknown(figures: Figures, period: Period, known: _Known, say: Say) -> list[Sentence]:
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
    missing_months = sum(known.cell("population", month) is None for month in _last_months(period))
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
