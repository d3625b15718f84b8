"""Bars as SVG for the page: no script, no style of its own; ink and bars take their colours from the page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

_LABEL: Final = 300
_BAR: Final = 380
_ROW: Final = 24
_SHOWN: Final = 110
_WIDTH: Final = _LABEL + _BAR + _SHOWN
_LONGEST: Final = 42
"""Letters of a label that have room beside its bar."""
_HEAD: Final = Markup(
    '<svg class="bars" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{number}-t {number}-d">'
    '<title id="{number}-t">{title}</title><desc id="{number}-d">{about}</desc>'
)
_ONE: Final = Markup(
    '<text x="{label_x}" y="{base}" text-anchor="end">{label}</text>'
    '<rect class="track" x="{bar_x}" y="{top}" width="{whole}" height="14"/>'
    '<rect class="bar" x="{bar_x}" y="{top}" width="{length}" height="14"/>'
    '<text x="{shown_x}" y="{base}">{shown}</text>'
)


def bars_svg(number: str, title: str, about: str, bars: Sequence[dict[str, Any]]) -> Markup:
    """Horizontal bars with label and number; `number` makes the ids of the page unique. All words are escaped."""
    height = _ROW * len(bars) + 8
    head = _HEAD.format(width=_WIDTH, height=height, number=number, title=title, about=about)
    return head + Markup("").join(_bar(place, bar) for place, bar in enumerate(bars)) + Markup("</svg>")


def _bar(place: int, bar: dict[str, Any]) -> Markup:
    middle = place * _ROW + _ROW // 2 + 4
    return _ONE.format(
        label_x=_LABEL - 10, bar_x=_LABEL, shown_x=_LABEL + _BAR + 8, base=middle + 5, top=middle - 7, whole=_BAR,
        length=max(1, round(_BAR * bar["size"])), label=_short(bar["label"]), shown=bar["shown"],
    )  # fmt: skip


def _short(label: str) -> str:
    """As much of a label as has room beside its bar; the whole stands in the table."""
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip()}…"
