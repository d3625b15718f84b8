"""How alike two cylinders are (Cappelli, Ferrara, Maltoni 2010, equations 14 and 19, on bits).

Only cells valid in both count. Bits of invalid cells are zero, so one AND gives the common ones exactly. How many
ones each cylinder has inside the common cells is taken from its density over its own valid cells, which saves two
thirds of the work and costs no accuracy.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.bits import popcount
from matching.comparison.cylinders import BIT_WORDS, CELL_COUNT, META

MIN_COMMON_CELLS: Final = math.ceil(P.MIN_COMMON_SHARE * CELL_COUNT)
_VECTOR_MATHS: Final = {"contract", "nnan", "ninf", "nsz", "arcp", "reassoc"}


@njit(cache=True, nogil=True)
def _density(meta: Any) -> Any:
    """Set bits per valid cell of one cylinder."""
    ones = np.float32(meta >> np.uint64(40) & np.uint64(0xFFF))
    return ones / np.float32(max(np.uint64(1), meta >> np.uint64(52)))


@njit(cache=True, nogil=True)
def similarities(first: Any, second: Any, out: Any) -> None:
    """Fill float32 `out` (len(first), len(second)) with similarities, 0 (nothing in common) to 1 (equal)."""
    ones = np.empty(len(second), dtype=np.int32)
    cells = np.empty(len(second), dtype=np.int32)
    own, turns = describe(first[:, META])
    densities, angles = describe(second[:, META])
    for line in range(len(first)):
        _count_common(first[line], second, ones, cells)
        _weigh(ones, cells, densities, angles, own[line], turns[line], out[line])


@njit(cache=True, nogil=True)
def describe(metas: Any) -> Any:
    """Densities (float32) and angles (uint8) of cylinders, from the last words of their rows."""
    densities = np.empty(len(metas), dtype=np.float32)
    angles = np.empty(len(metas), dtype=np.uint8)
    for column in range(len(metas)):
        densities[column] = _density(metas[column])
        angles[column] = np.uint8(metas[column] >> np.uint64(32) & np.uint64(0xFF))
    return densities, angles


@njit(cache=True, nogil=True)
def _count_common(row: Any, rows: Any, ones: Any, cells: Any) -> None:
    """Fill int32 `ones` and `cells` with the set bits and the valid cells that `row` shares with each of `rows`.

    Counting and weighing are separate loops, so that the second runs on vectors.
    """
    for column in range(len(rows)):
        other = rows[column]
        common = np.uint64(0)
        for word in range(BIT_WORDS):
            common += popcount(row[word] & other[word])
        valid = np.uint64(0)
        for word in range(BIT_WORDS, META):
            valid += popcount(row[word] & other[word])
        ones[column] = np.int32(common)
        cells[column] = np.int32(valid)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_VECTOR_MATHS)
def _weigh(ones: Any, cells: Any, densities: Any, angles: Any, own: Any, turn: Any, out: Any) -> None:
    """1 - |a - b| / (|a| + |b|) with Euclidean norms, from counts of bits."""
    for column in range(len(out)):
        both, valid = np.float32(ones[column]), np.float32(cells[column])
        in_a = max(own * valid, both)
        in_b = max(densities[column] * valid, both)
        apart = np.sqrt(max(in_a + in_b - np.float32(2.0) * both, np.float32(0.0)))
        norms = np.sqrt(in_a) + np.sqrt(in_b)
        alike = np.float32(1.0) - apart / max(norms, np.float32(1e-3))
        between = np.uint8(turn - angles[column])
        between = min(between, np.uint8(-between))
        fits = (
            (between <= P.MAX_TURN_UNITS)
            & (valid >= np.float32(MIN_COMMON_CELLS))
            & (norms > np.float32(0.0))
        )
        out[column] = alike if fits else np.float32(0.0)
