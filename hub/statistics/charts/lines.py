"""A line for each series over the same points of time; what is withheld or not known is a gap, never a nought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from hub.statistics.charts.drawing import (
    DASHES,
    PALETTE,
    WIDTH,
    at,
    drawing,
    line,
    number,
    steps,
    text,
    width_of,
)

_LEFT: Final = 56.0
_MOST_RIGHT: Final = 180.0
"""Room for the names of the lines: what the longest takes, within this."""
_TOP: Final = 28.0
_HEIGHT: Final = 280.0
_BOTTOM: Final = 30.0
_APART: Final = 8.0
"""Between two labels of the points of time; where they have no room, only some stand there."""
_LINE: Final = 16.0
MISSING: Final = "×"


@dataclass(frozen=True)
class Series:
    """`values` as many as labels; None is a gap."""

    words: str
    values: Sequence[float | None]


def line_chart(
    title: str, description: str, labels: Sequence[str], series: Sequence[Series], *, unit: str,
    from_zero: bool = True, missing: Collection[int] = (), missing_words: str = "",
) -> str:  # fmt: skip
    """The whole drawing. Each line ends in its name and last value.

    At the places `missing` there stands a mark instead of a value, which `missing_words` explain above the lines.
    """
    known = [value for one in series for value in one.values if value is not None]
    ticks = steps(0.0 if from_zero else min(known, default=0.0), max(known, default=0.0) or 1.0)
    low, high = ticks[0], ticks[-1]
    right = min(_MOST_RIGHT, width_of(max((len(one.words) for one in series), default=0)) + 48)
    wide, tall = WIDTH - _LEFT - right, _HEIGHT - _TOP - _BOTTOM

    def x(place: int) -> float:
        return _LEFT + wide * (place / max(1, len(labels) - 1))

    def y(value: float) -> float:
        return _TOP + tall * (1 - (value - low) / (high - low))

    parts = [text(0, 14, unit)]
    for tick in ticks:
        parts.append(line(_LEFT, y(tick), _LEFT + wide, y(tick), faint=tick != low))
        parts.append(text(_LEFT - 6, y(tick) + 4, number(tick), anchor="end"))
    fits = int(wide / (width_of(max(map(len, labels), default=0)) + _APART)) + 1
    every = -(-len(labels) // fits)
    for place, label in enumerate(labels):
        if place % every == 0:
            parts.append(text(x(place), _HEIGHT - 8, label, anchor="middle"))
    parts += [text(x(place), y(low) - 6, MISSING, anchor="middle") for place in sorted(missing)]
    if missing:
        parts.append(text(_LEFT + wide, 14, f"{MISSING} {missing_words}", anchor="end"))
    ends: list[tuple[float, str, str]] = []
    for order, one in enumerate(series):
        runs = _runs(
            [None if value is None else (x(place), y(value)) for place, value in enumerate(one.values)]
        )
        parts += [_drawn(run, order) for run in runs]
        if runs:
            last = next(value for value in reversed(one.values) if value is not None)
            ends.append((runs[-1][-1][1], one.words, number(last)))
    for height, words, value in _spread(ends):
        # The value stands under the name: names are long in some languages.
        parts.append(text(_LEFT + wide + 10, height + 4, words or value, bold=not words))
        if words:
            parts.append(text(_LEFT + wide + 10, height + 4 + _LINE, value, bold=True))
    return drawing(title, description, _HEIGHT, parts)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _drawn(run: Sequence[tuple[float, float]], order: int) -> str:
    colour, dash = PALETTE[order % len(PALETTE)], DASHES[order % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    points = " ".join(f"{at(x)},{at(y)}" for x, y in run)
    drawn = (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dashed} '
        f'class="series-{order + 1}"/>'
    )
    x, y = run[-1]
    return drawn + f'<circle cx="{at(x)}" cy="{at(y)}" r="4" fill="{colour}" class="mark-{order + 1}"/>'


def _spread(ends: list[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """Names that would lie over each other move down; where they would leave the drawing, all move up."""
    found: list[tuple[float, str, str]] = []
    for place, words, value in sorted(ends):
        found.append((max(place, found[-1][0] + 2 * _LINE) if found else place, words, value))
    over = max(0.0, found[-1][0] + 2 * _LINE - _HEIGHT) if found else 0.0
    return [(place - over, words, value) for place, words, value in found]
