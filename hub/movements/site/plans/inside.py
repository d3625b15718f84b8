"""The largest upright rectangle inside a shape: where its words fit, whatever corners it has. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub.movements.site.plans.geometry import Box, Point, box_of

_STEPS: Final = 28
"""Cells in each direction that a shape is looked at by."""


def inner_box(points: Sequence[Point]) -> Box:
    """Largest rectangle of a grid inside the closed line through `points`; the whole box where none is found."""
    around = box_of(points)
    wide, high = around.width / _STEPS, around.height / _STEPS
    if not wide or not high:
        return around
    heights = [0] * _STEPS
    best = (0, 0, 0, 0, 0)
    for row in range(_STEPS):
        for column in range(_STEPS):
            left, top = around.x + column * wide, around.y + row * high
            corners = [(left + wide * a, top + high * b) for a in (0.06, 0.94) for b in (0.06, 0.94)]
            heights[column] = heights[column] + 1 if all(_holds(points, corner) for corner in corners) else 0
        best = max(best, _largest(heights, row))
    area, column, row, columns, rows = best
    if not area:
        return around
    return Box(around.x + column * wide, around.y + row * high, columns * wide, rows * high)


def _largest(heights: Sequence[int], bottom: int) -> tuple[int, int, int, int, int]:
    """The largest rectangle that ends in this row: area, column, row, columns, rows."""
    best = (0, 0, 0, 0, 0)
    open_ones: list[tuple[int, int]] = []
    for column, height in enumerate([*heights, 0]):
        start = column
        while open_ones and open_ones[-1][1] >= height:
            start, rows = open_ones.pop()
            columns = column - start
            best = max(best, (columns * rows, start, bottom - rows + 1, columns, rows))
        open_ones.append((start, height))
    return best


def _holds(points: Sequence[Point], place: Point) -> bool:
    """Whether a point is inside the line: a ray from it crosses the line an odd number of times."""
    x, y = place
    inside = False
    before = points[-1]
    for after in points:
        (x1, y1), (x2, y2) = before, after
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        before = after
    return inside
