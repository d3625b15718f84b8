"""Curves on axes as SVG text: no library, no script, nothing fetched."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

WIDTH: Final = 560
HEIGHT: Final = 380
LEFT, RIGHT, TOP, BOTTOM = 84, 26, 14, 52
"""Margins for the labels, in units of the viewBox."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, in even steps or in powers of ten; values beyond are drawn at the edge."""

    name: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False

    def share(self, value: float) -> float:
        """Where on the axis the value lies, 0 to 1."""
        if self.log:
            place = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            place = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, place))


def even_axis(name: str, high: float, step: float, unit: str = "") -> Axis:
    count = math.floor(high / step + 1e-9)
    return Axis(name, 0.0, high, tuple((k * step, f"{k * step:g}{unit}") for k in range(count + 1)))


def log_axis(name: str, low: float, high: float, unit: str = "") -> Axis:
    """Whole powers of ten, from the one at or below `low` to the one at or above `high`."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    last = max(last, first + 1)
    ticks = tuple((10.0**k, f"{_plain(10.0**k)}{unit}") for k in range(first, last + 1))
    return Axis(name, 10.0**first, 10.0**last, ticks, log=True)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:.10f}".rstrip("0")


@dataclass(slots=True)
class Chart:
    """A picture that grows by what is drawn on it; `svg` is its text.

    `title` names it, `description` says in words what it shows, for those who do not see it.
    """

    title: str
    description: str
    x: Axis
    y: Axis
    _marks: list[str] = field(default_factory=list)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Place in units of the viewBox."""
        across = LEFT + self.x.share(x) * (WIDTH - LEFT - RIGHT)
        down = HEIGHT - BOTTOM - self.y.share(y) * (HEIGHT - TOP - BOTTOM)
        return across, down

    def line(self, x: Sequence[float], y: Sequence[float], style: str) -> None:
        """`style` names classes of the page's style sheet; without a point nothing is drawn."""
        if not x:
            return
        places = [self.point(*each) for each in zip(x, y, strict=True)]
        text = "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in _without_repeats(places))
        self._marks.append(f'<path class="line {style}" d="{text}"/>')

    def steps(self, x: Sequence[float], y: Sequence[float], style: str) -> None:
        """A line that keeps each value until the next one begins."""
        stepped_x = [x[0], *(each for value in x[1:] for each in (value, value))]
        stepped_y = [*(each for value in y[:-1] for each in (value, value)), y[-1]]
        self.line(stepped_x, stepped_y, style)

    def bars(self, edges: Sequence[float], heights: Sequence[float], style: str) -> None:
        """Bars without gaps, from the bottom up; `edges` has one value more than `heights`."""
        places = [self.point(edges[0], self.y.low)]
        for begin, end, height in zip(edges[:-1], edges[1:], heights, strict=True):
            places += [self.point(begin, height), self.point(end, height)]
        places.append(self.point(edges[-1], self.y.low))
        text = "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in _without_repeats(places))
        self._marks.append(f'<path class="area {style}" d="{text}Z"/>')

    def upright(self, x: float, text: str) -> None:
        """A thin line at a value of the horizontal axis that has a name."""
        across, bottom = self.point(x, self.y.low)
        end = across > WIDTH * 0.7
        self._marks.append(
            f'<path class="guide" d="M{across:.1f} {TOP}V{bottom:.1f}"/>'
            f'<text class="note" x="{across + (-5 if end else 5):.1f}" y="{TOP + 12}"'
            f' text-anchor="{"end" if end else "start"}">{escape(text)}</text>'
        )

    def whisker(self, x: float, low: float, high: float) -> None:
        """How far from here to there the truth may lie."""
        across, bottom = self.point(x, low)
        _, top = self.point(x, high)
        ends = f"M{across - 4:.1f} {bottom:.1f}h8M{across - 4:.1f} {top:.1f}h8"
        self._marks.append(f'<path class="whisker" d="M{across:.1f} {bottom:.1f}V{top:.1f}{ends}"/>')

    def note(self, text: str) -> None:
        """Words in the middle, where there is nothing to draw."""
        self._marks.append(
            f'<text class="note" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT / 2}" text-anchor="middle">'
            f"{escape(text)}</text>"
        )

    def svg(self) -> str:
        """The text; its title must be the only one of a page."""
        name = "chart-" + re.sub("[^0-9a-z]+", "-", self.title.lower())
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}" aria-describedby="{name}-d">'
            f'<title id="{name}">{escape(self.title)}</title>'
            f'<desc id="{name}-d">{escape(self.description)}</desc>'
            f"{self._grid()}{''.join(self._marks)}</svg>"
        )

    def _grid(self) -> str:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        parts = []
        for value, text in self.x.ticks:
            across, _ = self.point(value, self.y.low)
            parts.append(f'<path class="grid" d="M{across:.1f} {TOP}V{bottom}"/>')
            parts.append(
                f'<text x="{across:.1f}" y="{bottom + 18}" text-anchor="middle">{escape(text)}</text>'
            )
        for value, text in self.y.ticks:
            _, down = self.point(self.x.low, value)
            parts.append(f'<path class="grid" d="M{LEFT} {down:.1f}H{right}"/>')
            parts.append(f'<text x="{LEFT - 7}" y="{down + 4:.1f}" text-anchor="end">{escape(text)}</text>')
        middle = (TOP + bottom) / 2
        parts.append(
            f'<text class="axis" x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
            f'{escape(self.x.name)}</text><text class="axis" transform="translate(14 {middle}) rotate(-90)"'
            f' text-anchor="middle">{escape(self.y.name)}</text>'
        )
        return "".join(parts)


def _without_repeats(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points that fall on the one before say nothing and make the page heavy."""
    rounded = [(round(across, 1), round(down, 1)) for across, down in places]
    return [each for number, each in enumerate(rounded) if not number or each != rounded[number - 1]]
