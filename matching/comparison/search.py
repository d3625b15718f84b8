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
from matching.comparison.bits import AT_ONCE, COUNTERS, LANE_WORDS, add_planes, spread
from matching.comparison.cylinders import META
from matching.comparison.planes import BLOCK, read_rows
from matching.comparison.relaxation import relaxed_score
from matching.comparison.similarity import describe, overlaps


@njit(cache=True, nogil=True)
def first_look(
    probe: Any, wanted: Any, counts: Any, planes: Any, metas: Any, spans: Any, begin: int, end: int, out: Any
) -> None:
    """Fill float32 `out[begin:end]` with how alike the probe's rows are to prints `begin` to `end`.

    `wanted` and `counts` are the probe's `wanted_planes`, the others those of a `store.Snapshot`.
    """
    own, turns = describe(probe[:, META])
    likeness = np.empty((len(probe), BLOCK), dtype=np.float32)
    block = -1
    for finger in range(begin, end):
        if spans[finger, 0] // BLOCK != block:
            block = spans[finger, 0] // BLOCK
            _likeness_of_block(own, turns, wanted, counts, planes[block], metas[block], likeness)
        first = spans[finger, 0] - block * BLOCK
        out[finger] = _above_chance(likeness, first, first + spans[finger, 1] - spans[finger, 0])


@njit(cache=True, nogil=True)
def _likeness_of_block(
    own: Any, turns: Any, wanted: Any, counts: Any, planes: Any, metas: Any, out: Any
) -> None:
    """Fill float32 `out` (rows of the probe, BLOCK) with overlaps."""
    counter = np.empty((COUNTERS, LANE_WORDS), dtype=np.uint64)
    ones = np.empty((16, LANE_WORDS), dtype=np.uint64)
    missing = np.empty((16, LANE_WORDS), dtype=np.uint64)
    ones_octets = ones.view(np.uint8).reshape(2, BLOCK)
    missing_octets = missing.view(np.uint8).reshape(2, BLOCK)[0]
    densities, angles = describe(metas)
    valid = np.empty(BLOCK, dtype=np.float32)
    for column in range(BLOCK):
        valid[column] = np.float32(metas[column] >> np.uint64(52))
    for line in range(len(out)):
        _count(planes, wanted[line, 0], counts[line, 0], counter, ones)
        _count(planes, wanted[line, 1], counts[line, 1], counter, missing)
        overlaps(
            ones_octets,
            missing_octets,
            valid,
            densities,
            angles,
            own[line],
            turns[line],
            out[line],
        )


@njit(cache=True, nogil=True)
def _count(planes: Any, wanted: Any, count: int, counter: Any, out: Any) -> None:
    counter[:] = np.uint64(0)
    for begin in range(0, count, AT_ONCE):
        add_planes(planes, wanted, begin, counter)
    spread(counter, out)


@njit(cache=True, nogil=True)
def _above_chance(likeness: Any, begin: int, end: int) -> Any:
    """Sum over the lines of what the largest of the columns `begin` to `end` has above the floor.

    Compares the floats as integers, which has the same result for those that are not negative, and runs on vectors.
    """
    total = np.float32(0.0)
    patterns = likeness.view(np.int32)
    largest = np.empty(1, dtype=np.int32)
    as_float = largest.view(np.float32)
    for line in range(len(likeness)):
        best = np.int32(0)
        for column in range(begin, end):
            best = max(best, patterns[line, column])
        largest[0] = best
        total += max(as_float[0] - np.float32(P.LIKENESS_FLOOR), np.float32(0.0))
    return total


@njit(cache=True, nogil=True)
def second_look(
    probe: Any, planes: Any, metas: Any, spans: Any, chosen: Any, by_distance: Any, by_angle: Any, out: Any
) -> None:
    """Fill float64 `out` with the relaxed scores of the prints `chosen` (int64)."""
    for place in range(len(chosen)):
        start, end = spans[chosen[place]]
        block = start // BLOCK
        first = start - block * BLOCK
        rows = read_rows(planes[block], metas[block], first, first + end - start)
        out[place] = relaxed_score(probe, rows, by_distance, by_angle)
