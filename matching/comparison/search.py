"""One print against many: every cylinder of every enrolled print, then a second look at the most alike.

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
from matching.comparison.similarity import best_overlap, count_common, describe


@njit(cache=True, nogil=True)
def first_look(probe: Any, rows: Any, starts: Any, begin: int, end: int, out: Any) -> None:
    """Fill float32 `out[begin:end]` with how alike the probe is to prints `begin` to `end`.

    Print i has the rows `starts[i, 0]` to `starts[i, 1]` (int64) of `rows`.
    """
    longest = 1
    for finger in range(begin, end):
        longest = max(longest, starts[finger, 1] - starts[finger, 0])
    ones = np.empty(longest, dtype=np.int32)
    cells = np.empty(longest, dtype=np.int32)
    own, turns = describe(probe)
    for finger in range(begin, end):
        block = rows[starts[finger, 0] : starts[finger, 1]]
        densities, angles = describe(block)
        total = np.float32(0.0)
        for line in range(len(probe)):
            count_common(probe[line], block, ones, cells)
            best = best_overlap(ones, cells, densities, angles, own[line], turns[line])
            total += max(best - np.float32(P.LIKENESS_FLOOR), np.float32(0.0))
        out[finger] = total


@njit(cache=True, nogil=True)
def second_look(
    probe: Any, rows: Any, starts: Any, chosen: Any, by_distance: Any, by_angle: Any, out: Any
) -> None:
    """Fill float64 `out` with the relaxed scores of the prints `chosen` (int64)."""
    for place in range(len(chosen)):
        finger = chosen[place]
        block = rows[starts[finger, 0] : starts[finger, 1]]
        out[place] = relaxed_score(probe, block, by_distance, by_angle)
