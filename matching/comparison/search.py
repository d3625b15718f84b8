"""One print against many: every cylinder of every enrolled print, then a second look at the most alike.

The rows of a print are in the order of their angles, so that those turned too far are skipped in one piece.
The first look is exact (no index, no hashing): for each cylinder of the probe the most alike one of the print, and
of these what they have above the likeness that chance gives. It only ranks; what decides is the relaxed score of
the prints that it ranks highest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.relaxation import relaxed_score
from matching.comparison.similarity import angle_units, best_overlap, density, describe


@njit(cache=True, nogil=True)
def first_look(probe: Any, rows: Any, starts: Any, begin: int, end: int, out: Any) -> None:
    """Fill float32 `out[begin:end]` with how alike the probe is to prints `begin` to `end`.

    Print i has the rows `starts[i, 0]` to `starts[i, 1]` (int64) of `rows`.
    """
    longest = 1
    for finger in range(begin, end):
        longest = max(longest, starts[finger, 1] - starts[finger, 0])
    densities = np.empty(longest, dtype=np.float32)
    below = np.empty(257, dtype=np.int64)
    own, turns = describe(probe)
    for finger in range(begin, end):
        start = starts[finger, 0]
        count = starts[finger, 1] - start
        _describe_in_place(rows, start, count, densities, below)
        total = np.float32(0.0)
        for line in range(len(probe)):
            row, turn = probe[line], np.int64(turns[line])
            too_far = turn + P.MAX_TURN_UNITS + 1 & 255
            near_again = turn - P.MAX_TURN_UNITS & 255
            first, last = below[too_far], below[near_again]
            if too_far < near_again:
                best = max(
                    best_overlap(row, own[line], rows, densities, start, 0, first),
                    best_overlap(row, own[line], rows, densities, start, last, count),
                )
            else:
                best = best_overlap(row, own[line], rows, densities, start, last, first)
            total += max(best - np.float32(P.LIKENESS_FLOOR), np.float32(0.0))
        out[finger] = total


@njit(cache=True, nogil=True)
def _describe_in_place(rows: Any, start: int, count: int, densities: Any, below: Any) -> None:
    """Fill `densities` of the print's rows, and `below[v]` with how many of their angles are smaller than v."""
    place = 0
    for column in range(count):
        densities[column] = density(rows[start + column])
        angle = np.int64(angle_units(rows[start + column]))
        while place <= angle:
            below[place] = column
            place += 1
    below[place:] = count


@njit(cache=True, nogil=True)
def second_look(
    probe: Any, rows: Any, starts: Any, chosen: Any, by_distance: Any, by_angle: Any, out: Any
) -> None:
    """Fill float64 `out` with the relaxed scores of the prints `chosen` (int64)."""
    for place in range(len(chosen)):
        finger = chosen[place]
        block = rows[starts[finger, 0] : starts[finger, 1]]
        out[place] = relaxed_score(probe, block, by_distance, by_angle)
