"""Parts of a review in words of one language: sections with their tables, charts and figures at a glance. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from hub.statistics.charts import Bar, Series, bar_chart, line_chart
from hub.statistics.review.blocks import Bars, Block, Glance, Lines, Paragraph, Table, Text
from hub.web.formats import SITE_ZONE
from hub.web.kept_sentences import read_sentence
from hub.web.language import day_in, say_in

_NARROW: Final = 14
"""Columns of words whose longest cell has no more characters than this take only the room they need."""
_HEAD: Final = 12
"""Letters of a line for which a column makes room, so that a long heading over numbers has two lines and not five."""
_OWN_PAGE: Final = frozenset({"indicators", "completeness", "recommendations", "rules"})
"""Sections that begin on a page of their own: with a chart that fills most of one, what is decided, and the annexes."""


@dataclass(frozen=True)
class Speaker:
    """Says things in one language."""

    language: str

    def text(self, one: Text) -> str:
        return say_in(self.language, read_sentence(one.said)) if one.said else one.plain

    def say(self, message: str, **values: object) -> str:
        return say_in(self.language, message, **values)

    def day(self, day: date) -> str:
        return day_in(self.language, day)

    def month(self, number: int) -> str:
        """Its short name."""
        return self.day(date(2001, number, 1)).split()[1]

    def moment(self, at: datetime) -> str:
        there = at.astimezone(SITE_ZONE)
        return f"{self.day(there.date())}, {there:%H:%M}"


def section(speak: Speaker, code: str, title: Text, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """One section in words."""
    shown = [_block(speak, one) for one in blocks]
    return {"code": code, "title": speak.text(title), "blocks": shown, "own-page": code in _OWN_PAGE}


def _block(speak: Speaker, one: Block) -> dict[str, Any]:
    match one:
        case Paragraph():
            return {"kind": "paragraph", "text": speak.text(one.text)}
        case Bars():
            return _bars(speak, one)
        case Lines():
            return _lines(speak, one)
        case Glance():
            return _glance(speak, one)
        case Table():
            return _table(speak, one)


def _bars(speak: Speaker, one: Bars) -> dict[str, Any]:
    bars = [Bar(speak.text(bar.label), bar.size, shown=speak.text(bar.shown)) for bar in one.bars]
    told = "; ".join(f"{bar.words}: {bar.shown}" for bar in bars)
    title, alt = speak.text(one.title), f"{speak.text(one.about)} {told}."
    return {"kind": "chart", "title": title, "alt": alt, "svg": bar_chart(title, alt, bars, unit="", whole=1)}


def _lines(speak: Speaker, one: Lines) -> dict[str, Any]:
    """A month that neither line reaches is no part of what is said."""
    months = [speak.month(number) for number in range(1, 13)]
    series = [Series(speak.text(line.label), line.values) for line in one.lines]
    told = "; ".join(
        f"{line.words}: "
        + ", ".join(
            f"{month} {value:,.0f}"
            for month, value in zip(months, line.values, strict=True)
            if value is not None
        )
        for line in series
    )
    title, alt = speak.text(one.title), f"{speak.text(one.about)} {told}."
    svg = line_chart(title, alt, months, series, unit=speak.text(one.unit))
    return {"kind": "chart", "title": title, "alt": alt, "svg": svg}


def _glance(speak: Speaker, one: Glance) -> dict[str, Any]:
    figures = [
        {"shown": speak.text(each.shown), "label": speak.text(each.label), "note": speak.text(each.note)}
        for each in one.figures
    ]
    return {"kind": "glance", "figures": figures}


def _table(speak: Speaker, one: Table) -> dict[str, Any]:
    columns = [speak.text(column) for column in one.columns]
    rows = [[speak.text(cell) for cell in row] for row in one.rows]
    return {
        "kind": "table", "title": speak.text(one.title), "columns": columns, "numeric": list(one.numeric),
        "rows": rows, "note": speak.text(one.note), "widths": _widths(columns, rows, one.numeric),
    }  # fmt: skip


def _widths(columns: list[str], rows: list[list[str]], numeric: tuple[bool, ...]) -> list[dict[str, float]]:
    """For each column the letters it has to hold, or its share of the room that those leave."""
    found: list[dict[str, float]] = []
    for place, column in enumerate(columns):
        cells = max((len(row[place]) for row in rows), default=1)
        word = max(len(word) for word in (column or "-").split())
        if numeric[place] or cells <= _NARROW:
            found.append({"letters": max(cells, word, min(len(column) // 2 + 2, _HEAD))})
        else:
            found.append({"share": min(4.0, max(1.0, cells / 20))})
    if not any("share" in one for one in found):
        found[0] = {"share": 1.0}
    return found
