"""Bars as SVG for the page: no script, no style of its own; ink and bars take their colours from the page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

_LABEL: Final = 300
_BAR: Final = 380
_ROW: Final = 24
_SHOWN: Final = 110


def bars_svg(number: str, title: str, about: str, bars: Sequence[dict[str, Any]]) -> str:
    """Horizontal bars with label and number; `number` makes the ids of the page unique."""
    height = _ROW * len(bars) + 8
    width = _LABEL + _BAR + _SHOWN
    parts = [
        f'<svg class="bars" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{escape(number)}-t {escape(number)}-d">'
        f'<title id="{escape(number)}-t">{escape(title)}</title><desc id="{escape(number)}-d">{escape(about)}</desc>'
    ]
    for place, bar in enumerate(bars):
        middle = place * _ROW + _ROW // 2 + 4
        length = max(1, round(_BAR * bar["size"]))
        parts.append(
            f'<text x="{_LABEL - 10}" y="{middle + 5}" text-anchor="end">{escape(_short(bar["label"]))}</text>'
            f'<rect class="track" x="{_LABEL}" y="{middle - 7}" width="{_BAR}" height="14"/>'
            f'<rect class="bar" x="{_LABEL}" y="{middle - 7}" width="{length}" height="14"/>'
            f'<text x="{_LABEL + _BAR + 8}" y="{middle + 5}">{escape(bar["shown"])}</text>'
        )
    return "".join((*parts, "</svg>"))


def _short(label: str) -> str:
    """As much of a label as has room beside its bar; the whole stands in the table."""
    return label if len(label) <= 42 else f"{label[:41].rstrip()}…"
