"""One print against many: every cylinder of every enrolled print, then a second look at the most alike.

The first look is exact (no index, no hashing): for each cylinder of the probe the most alike one of the print, and
of these what they have above the likeness that chance gives. It only ranks; what decides is the relaxed score of
the prints that it ranks highest.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.bits import AT_ONCE, COUNTERS, LANE_WORDS, MOST_COUNTED, add_planes, spread
from matching.comparison.cylinders import META
from matching.comparison.likeness import VECTOR, describe_lanes, describe_line, largest, likenesses
from matching.comparison.planes import BLOCK, read_rows
from matching.comparison.relaxation import relaxed_score


@njit(cache=True, nogil=True)
def first_look(
    probe: Any, wanted: Any, counts: Any, planes: Any, metas: Any, spans: Any, begin: int, end: int, out: Any
) -> None:
    """Fill float32 `out[begin:end]` with how alike the probe's rows are to prints `begin` to `end`.

    `wanted` and `counts` are the probe's `wanted_planes`, the others those of a `store.Snapshot`.
    """
    out[begin:end] = np.float32(0.0)
    begun = np.zeros(len(probe), dtype=np.uint16)
    first, block = begin, -1
    while first < end:
        if spans[first, 0] == spans[first, 1]:
            first += 1
            continue
        block = max(block + 1, spans[first, 0] // BLOCK)
        after = first + 1
        while after < end and spans[after, 0] < (block + 1) * BLOCK:
            after += 1
        places = spans[first:after] - block * BLOCK
        _look_at_block(probe, wanted, counts, planes[block], metas[block], places, begun, out[first:after])
        first = after - int(places[-1, 1] > BLOCK)


@njit(cache=True, nogil=True)
def _look_at_block(
    probe: Any, wanted: Any, counts: Any, planes: Any, metas: Any, places: Any, begun: Any, out: Any
) -> None:
    """Fill float32 `out` with how alike those of the prints at `places` (n, 2) are to the probe that end in this block.

    `begun`, uint16 by row of the probe: the largest likeness so far of the print that ends in the next block.
    """
    counter = np.empty((COUNTERS, LANE_WORDS), dtype=np.uint64)
    sums = np.empty((2, COUNTERS, LANE_WORDS), dtype=np.uint64)
    ones, missing = sums[0].view(np.uint8).reshape(BLOCK), sums[1].view(np.uint8).reshape(BLOCK)
    valid, angles = np.empty(BLOCK, dtype=np.uint8), np.empty(BLOCK, dtype=np.uint8)
    rarities, found = np.empty(BLOCK, dtype=np.uint16), np.empty(BLOCK, dtype=np.uint16)
    describe_lanes(metas, valid, rarities, angles)
    for line in range(len(probe)):
        share, turn, unit = describe_line(probe[line, META])
        _count(planes, wanted[line, 1], 0, counts[line, 1], counter, sums[1])
        if counts[line, 0] <= MOST_COUNTED:
            _count(planes, wanted[line, 0], 0, counts[line, 0], counter, sums[0])
            likenesses(ones, missing, valid, rarities, angles, share, turn, found)
        else:
            many = _count_many(planes, wanted[line, 0], counts[line, 0], counter, sums[0], ones)
            likenesses(many, missing, valid, rarities, angles, share, turn, found)
        for print_ in range(len(places)):
            start, end = places[print_]
            best = _best(found, max(start, 0), min(end, BLOCK))
            if start < 0:
                best = max(best, begun[line])
            if end > BLOCK:
                begun[line] = best
            else:
                out[print_] += max(unit * np.float32(best) - np.float32(P.LIKENESS_FLOOR), np.float32(0.0))
    for print_ in range(len(places)):
        out[print_] /= math.sqrt(max(places[print_, 1] - places[print_, 0], 1))


@njit(cache=True, nogil=True, inline="always")
def _count(planes: Any, wanted: Any, begin: int, end: int, counter: Any, out: Any) -> None:
    counter[:] = np.uint64(0)
    for place in range(begin, end, AT_ONCE):
        add_planes(planes, wanted, place, counter)
    spread(counter, out)


@njit(cache=True, nogil=True)
def _count_many(planes: Any, wanted: Any, count: int, counter: Any, sums: Any, part: Any) -> Any:
    """uint16 (BLOCK,) of more than a counter holds; `part` is a view of `sums` as bytes."""
    total = np.zeros(BLOCK, dtype=np.uint16)
    for begin in range(0, count, MOST_COUNTED):
        _count(planes, wanted, begin, min(count, begin + MOST_COUNTED), counter, sums)
        total += part
    return total


@njit(cache=True, nogil=True, inline="always")
def _best(found: Any, begin: int, end: int) -> Any:
    if end - begin >= VECTOR:
        return largest(found, begin, end)
    best = np.uint16(0)
    for place in range(begin, end):
        best = max(best, found[place])
    return best


@njit(cache=True, nogil=True)
def second_look(
    probe: Any, planes: Any, metas: Any, spans: Any, chosen: Any, by_distance: Any, by_angle: Any, out: Any
) -> None:
    """Fill float64 `out` with the relaxed scores of the prints `chosen` (int64)."""
    for place in range(len(chosen)):
        start, end = spans[chosen[place]]
        rows = read_rows(planes, metas, start, end)
        out[place] = relaxed_score(probe, rows, by_distance, by_angle)
