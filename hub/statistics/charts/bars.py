"""Bars from the left, and two sides of a pyramid. A row without a value is empty and says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.statistics.charts.drawing import PALETTE, WIDTH, at, drawing, line, number, text

_ROW: Final = 26.0
_BAR: Final = 16.0
_WORDS: Final = 210.0
_VALUE: Final = 90.0
_TOP: Final = 26.0
_MIDDLE: Final = 110.0


@dataclass(frozen=True)
class Bar:
    """`note` stands where the bar would be when there is no value."""

    words: str
    value: float | None
    note: str = ""


@dataclass(frozen=True)
class Pair:
    """A row of a pyramid."""

    words: str
    left: float | None
    right: float | None
    note: str = ""


def bar_chart(title: str, description: str, bars: Sequence[Bar], *, unit: str) -> str:
    """The whole drawing, one bar a row in the order given."""
    most = max([one.value for one in bars if one.value is not None], default=0.0) or 1.0
    wide, height = WIDTH - _WORDS - _VALUE, _TOP + _ROW * len(bars) + 6
    parts = [text(_WORDS, 14, unit), line(_WORDS, _TOP - 4, _WORDS, height - 4)]
    for row, one in enumerate(bars):
        top = _TOP + _ROW * row
        parts.append(text(_WORDS - 10, top + _BAR - 2, one.words, anchor="end"))
        if one.value is None:
            parts.append(text(_WORDS + 8, top + _BAR - 2, one.note))
            continue
        long = wide * one.value / most
        parts.append(_bar(_WORDS, top, long, solid=True))
        parts.append(text(_WORDS + long + 8, top + _BAR - 2, number(one.value)))
    return drawing(title, description, height, parts)


def pyramid(title: str, description: str, left: str, right: str, pairs: Sequence[Pair], *, unit: str) -> str:
    """Two sides from the middle: the left one filled, the right one outlined, so that both print."""
    values = [value for one in pairs for value in (one.left, one.right) if value is not None]
    most, height = max(values, default=0.0) or 1.0, _TOP + _ROW * len(pairs) + 6
    half = (WIDTH - _MIDDLE) / 2
    wide = half - 60
    parts = [
        text(half, 14, left, anchor="end", bold=True),
        text(half + _MIDDLE, 14, right, bold=True),
        text(half + _MIDDLE / 2, 14, unit, anchor="middle"),
    ]
    for row, one in enumerate(pairs):
        top = _TOP + _ROW * row
        words = top + _BAR - 2
        parts.append(text(half + _MIDDLE / 2, words, one.words, anchor="middle"))
        long = wide * (one.left or 0.0) / most
        parts.append(_bar(half - long, top, long, solid=True))
        parts.append(text(half - long - 6, words, _said(one.left, one.note), anchor="end"))
        long = wide * (one.right or 0.0) / most
        parts.append(_bar(half + _MIDDLE, top, long, solid=False))
        parts.append(text(half + _MIDDLE + long + 6, words, _said(one.right, one.note)))
    return drawing(title, description, height, parts)


def _said(value: float | None, note: str) -> str:
    return note if value is None else number(value)


def _bar(x: float, y: float, long: float, *, solid: bool) -> str:
    place = f'x="{at(x)}" y="{at(y)}" width="{at(long)}" height="{at(_BAR)}"'
    if solid:
        return f'<rect {place} fill="{PALETTE[0]}" class="bar-1"/>'
    look = f'fill="{PALETTE[1]}" fill-opacity="0.15" stroke="{PALETTE[1]}" stroke-width="1.5"'
    return f'<rect {place} {look} class="bar-2"/>'
