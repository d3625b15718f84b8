"""Bars from the left, and two sides of a pyramid. A row without a value is empty and says why."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.statistics.charts.drawing import PALETTE, WIDTH, at, drawing, line, number, text, width_of

_ROW: Final = 24.0
_BAR: Final = 16.0
_LEADING: Final = 14.0
"""From one line of a label to the next."""
_LEAST_WORDS, _MOST_WORDS = 90.0, 240.0
"""Room for the labels of bars: what the longest takes, within these; longer ones are broken into lines."""
_VALUE: Final = 90.0
_TOP: Final = 26.0
_MIDDLE: Final = 110.0


@dataclass(frozen=True)
class Bar:
    """`note` stands where the bar would be when there is no value; `shown` is what stands behind it, else the value."""

    words: str
    value: float | None
    note: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Pair:
    """A row of a pyramid."""

    words: str
    left: float | None
    right: float | None
    note: str = ""


def bar_chart(
    title: str, description: str, bars: Sequence[Bar], *, unit: str, whole: float | None = None
) -> str:
    """The whole drawing, one bar a row in the order given; `whole` is the value of the longest possible bar."""
    most = whole or max([one.value for one in bars if one.value is not None], default=0.0) or 1.0
    letters = max((len(one.words) for one in bars), default=0)
    left = min(_MOST_WORDS, max(_LEAST_WORDS, width_of(letters) + 12))
    labels = [_lines(one.words, left - 12) for one in bars]
    wide, top = WIDTH - left - _VALUE, _TOP if unit else 6.0
    height = top + sum(_tall(label) for label in labels) + 6
    parts = [*([text(left, 14, unit)] if unit else []), line(left, top - 4, left, height - 4)]
    for one, label in zip(bars, labels, strict=True):
        spare = _tall(label) - _ROW
        for place, words in enumerate(label):
            parts.append(text(left - 10, top + _BAR - 2 + place * _LEADING, words, anchor="end"))
        middle = top + spare / 2
        if one.value is None:
            parts.append(text(left + 8, middle + _BAR - 2, one.note))
        else:
            long = wide * one.value / most
            if long:
                parts.append(_bar(left, middle, long, solid=True))
            parts.append(text(left + long + 8, middle + _BAR - 2, one.shown or number(one.value)))
        top += _tall(label)
    return drawing(title, description, height, parts)


def _lines(words: str, room: float) -> list[str]:
    """A label broken between words where it has no room in one line."""
    return textwrap.wrap(words, int(room / width_of(1)), break_long_words=False) or [""]


def _tall(label: Sequence[str]) -> float:
    return _ROW + _LEADING * (len(label) - 1)


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
