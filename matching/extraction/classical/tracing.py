"""Where thin lines end (crossing number: Rutovitz 1966), and which way they go from there."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.extraction.classical import parameters as p
from matching.extraction.classical.segmentation import Mask

_DOWN: Final = np.array([0, -1, -1, -1, 0, 1, 1, 1])
_RIGHT: Final = np.array([1, 1, 0, -1, -1, -1, 0, 1])
"""The eight neighbours, in turn; the even ones share a side."""


def line_ends(lines: Mask, inside: Mask) -> NDArray[np.int64]:
    """Ends of lines one pixel wide, [n, 5]: row, column, row and column TRACE_PX further on, length.

    Length stops at TRACE_PX, earlier at the next end or fork; a line that leaves the print counts as whole. `inside` is
    where lines are known.
    """
    ends: NDArray[np.int64] = _walk_all(np.pad(lines, 1), np.pad(inside, 1), p.TRACE_PX)
    ends[:, :4] -= 1
    return ends


@njit(cache=True, nogil=True)
def _crossings(lines: Any, y: int, x: int) -> Any:
    """Lines that leave the pixel: 1 at an end, 2 along a line, 3 and more at a fork."""
    changes = 0
    for turn in range(8):
        after = (turn + 1) % 8
        changes += lines[y + _DOWN[turn], x + _RIGHT[turn]] != lines[y + _DOWN[after], x + _RIGHT[after]]
    return changes // 2


@njit(cache=True, nogil=True)
def _walk_all(lines: Any, inside: Any, longest: int) -> Any:
    height, width = lines.shape
    count = 0
    places = np.empty((np.sum(lines), 2), np.int64)
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            if lines[y, x] and inside[y, x] and _crossings(lines, y, x) == 1:
                places[count, 0], places[count, 1] = y, x
                count += 1
    ends = np.empty((count, 5), np.int64)
    for end in range(count):
        y, x = places[end]
        ends[end, 0], ends[end, 1] = y, x
        ends[end, 2], ends[end, 3], ends[end, 4] = _walk(lines, inside, y, x, longest)
    return ends


@njit(cache=True, nogil=True)
def _walk(lines: Any, inside: Any, y: int, x: int, longest: int) -> Any:
    before_y, before_x = y, x
    for length in range(longest):
        next_y, next_x = _onward(lines, y, x, before_y, before_x)
        if next_y < 0:
            return y, x, length
        before_y, before_x, y, x = y, x, next_y, next_x
        if not inside[y, x]:
            return y, x, longest
        if _crossings(lines, y, x) >= 3:
            return y, x, length + 1
    return y, x, longest


@njit(cache=True, nogil=True)
def _onward(lines: Any, y: int, x: int, before_y: int, before_x: int) -> Any:
    """The neighbour on the line that is not beside the pixel before; those that share a side first."""
    for first in range(2):
        for turn in range(first, 8, 2):
            at_y, at_x = y + _DOWN[turn], x + _RIGHT[turn]
            if not lines[at_y, at_x]:
                continue
            if (y == before_y and x == before_x) or max(abs(at_y - before_y), abs(at_x - before_x)) > 1:
                return at_y, at_x
    return -1, -1
