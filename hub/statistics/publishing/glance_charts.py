"""The charts of the page for ministers, each with its numbers as a table, from what was published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell
from hub.statistics.charts import Pair, Series, line_chart, pyramid
from hub.statistics.definitions import INDICATORS
from hub.statistics.periods import Period, months
from hub.statistics.publishing.body import figures_of
from hub.statistics.publishing.records import Publication

Say = Callable[[Sentence], str]
Month = Callable[[date], str]
_NOT_PUBLISHED: Final = Sentence("not published")


@dataclass(frozen=True)
class Drawn:
    """A chart, and its numbers as a table: a head, then rows."""

    title: Sentence
    svg: str = field(repr=False)
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Known:
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


@dataclass(frozen=True)
class Words:
    """How things are said to this reader."""

    say: Say
    month: Month

    def labels(self, over: Sequence[Period]) -> tuple[str, ...]:
        return tuple(self.month(one.first_on) for one in over)

    def value(self, cell: Cell | None) -> str:
        """A number, a dash where one is withheld or there is none, or that nothing was published."""
        return self.say(_NOT_PUBLISHED) if cell is None else plain(cell.value)

    def about(self, labels: Sequence[str]) -> str:
        said = {"first": labels[0], "last": labels[-1]}
        return self.say(
            Sentence("By month from %(first)s to %(last)s. The table below has every number.", said)
        )


def charts(known: Known, period: Period, words: Words) -> list[Drawn]:
    over = last_months(period)
    return [
        _line(known, over, ("population", "capacity"), Sentence("People held, and places"), words),
        _line(known, over, ("unsentenced_share",), Sentence("Unsentenced, in per cent of those held"), words),
        _came_and_went(known, over, words),
    ]


def _came_and_went(known: Known, over: Sequence[Period], words: Words) -> Drawn:
    say, title = words.say, Sentence("Who came and who went")
    codes, labels = ("admissions", "releases"), words.labels(over)
    came, went = (say(INDICATORS[code].words) for code in codes)
    cells = [[known.cell(code, month) for code in codes] for month in over]
    pairs = [
        Pair(
            label,
            known.value("admissions", month),
            known.value("releases", month),
            words.value(cell and Cell(None)),
        )
        for label, month, (cell, _) in zip(labels, over, cells, strict=True)
    ]
    svg = pyramid(say(title), words.about(labels), came, went, pairs, unit=say(Sentence("Month")))
    rows = [(label, *(words.value(cell) for cell in both)) for label, both in zip(labels, cells, strict=True)]
    return Drawn(title, svg, (say(Sentence("Month")), came, went), rows)


def _line(known: Known, over: Sequence[Period], codes: Sequence[str], title: Sentence, words: Words) -> Drawn:
    say, labels = words.say, words.labels(over)
    named = [say(INDICATORS[code].words) for code in codes]
    values = [[known.value(code, month) for month in over] for code in codes]
    missing = [at for at, month in enumerate(over) if all(known.cell(code, month) is None for code in codes)]
    unit = say(Sentence("Per cent") if codes == ("unsentenced_share",) else Sentence("People"))
    series = [Series(name if len(codes) > 1 else "", each) for name, each in zip(named, values, strict=True)]
    svg = line_chart(
        say(title),
        words.about(labels),
        labels,
        series,
        unit=unit,
        missing=missing,
        missing_words=say(_NOT_PUBLISHED),
    )
    rows = [
        (label, *(words.value(known.cell(code, month)) for code in codes))
        for label, month in zip(labels, over, strict=True)
    ]
    return Drawn(title, svg, (say(Sentence("Month")), *named), rows)


def last_months(period: Period) -> tuple[Period, ...]:
    last = period.last_on
    first = date(last.year - 1, last.month, 1) if last.month == 12 else date(last.year - 1, last.month + 1, 1)
    return months(date(last.year, 1, 1) if last.month == 12 else first, last)


def plain(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
