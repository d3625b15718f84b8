"""The trend as points of a drawing 640 wide and 220 high; days without a look leave a gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub.docket.board import Day

_LEFT: Final = 44
_RIGHT: Final = 630
_TOP: Final = 20
_BOTTOM: Final = 180

Spot = tuple[float, float]


def highest(trend: Sequence[Day]) -> int:
    """The greatest number of the trend, at least 1."""
    return max([1, *(day.in_doubt or 0 for day in trend)])


def spots(trend: Sequence[Day]) -> list[list[Spot]]:
    """Runs of days that were looked at, each as points from left to right."""
    top, wide = highest(trend), max(1, len(trend) - 1)
    found: list[list[Spot]] = [[]]
    for place, day in enumerate(trend):
        if day.in_doubt is None:
            found.append([])
            continue
        x = _LEFT + (_RIGHT - _LEFT) * place / wide
        y = _BOTTOM - (_BOTTOM - _TOP) * day.in_doubt / top
        found[-1].append((round(x, 1), round(y, 1)))
    return [run for run in found if run]


def lines(runs: Sequence[Sequence[Spot]]) -> list[str]:
    """Each run as the points of an SVG polyline."""
    return [" ".join(f"{x},{y}" for x, y in run) for run in runs]
