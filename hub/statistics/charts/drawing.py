"""What all charts share: the palette, scales, escaped text, the outer element. The same chart makes the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

PALETTE: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""Of Okabe and Ito; told apart without colour by dashes, marks and fillings. Style sheets may set others by class."""
DASHES: Final = ("", "7 4", "2 3", "10 3 2 3")
WIDTH: Final = 640
SIZE: Final = 13
"""Of type, in units of the drawing."""


def number(value: float) -> str:
    """A number as people read it: thousands apart, one decimal where there is one."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def at(value: float) -> str:
    """A coordinate, in as few digits as it takes."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def width_of(letters: int) -> float:
    """About how wide so many letters are: drawn here, nobody measures them."""
    return letters * SIZE * 0.52


def for_paper(svg: str, ink: str, family: str) -> str:
    """A drawing that stands in no page and so inherits neither: with the colour and the type of its words."""
    return str(svg).replace('class="chart"', f'class="chart" color="{ink}" font-family="{family}"', 1)


def steps(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from `low` or below to `high` or above, at most about `most` of them."""
    span = max(high - low, 1e-9)
    rough = span / max(1, most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
    first, last = floor(low / step), ceil(high / step)
    return [round(step * one, 10) for one in range(first, max(last, first + 1) + 1)]


def text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    """A line of words, escaped."""
    weight = ' font-weight="600"' if bold else ""
    place = f'x="{at(x)}" y="{at(y)}"'
    return f'<text {place} text-anchor="{anchor}" fill="currentColor"{weight}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, *, faint: bool = False) -> str:
    """A rule of the grid or an axis."""
    shade = ' stroke-opacity="0.25"' if faint else ""
    ends = f'x1="{at(x1)}" y1="{at(y1)}" x2="{at(x2)}" y2="{at(y2)}"'
    return f'<line {ends} stroke="currentColor" stroke-width="1"{shade}/>'


def drawing(title: str, description: str, height: float, parts: Iterable[str]) -> Markup:
    """The whole element, named for whoever hears it instead of seeing it; pages take it as it is."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {at(height)}" width="{WIDTH}" '
        f'height="{at(height)}" role="img" aria-label={quoteattr(title)} font-size="{SIZE}" class="chart">'
    )
    about = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return Markup(head + about + "".join(parts) + "</svg>")  # noqa: S704 - every word in it went through `escape`
