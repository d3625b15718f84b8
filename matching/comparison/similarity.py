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

from matching.comparison import parameters as P
from matching.comparison.bits import popcount
from matching.comparison.cylinders import BIT_WORDS, CELL_COUNT, META, ROW_WORDS

MIN_COMMON_CELLS: Final = math.ceil(P.MIN_COMMON_SHARE * CELL_COUNT)


@njit(cache=True, nogil=True)
def density(row: Any) -> Any:
    """Set bits per valid cell of one cylinder."""
    ones = np.float32(row[META] >> np.uint64(40) & np.uint64(0xFFF))
    return ones / np.float32(max(np.uint64(1), row[META] >> np.uint64(52)))


@njit(cache=True, nogil=True)
def angle_units(row: Any) -> Any:
    return np.uint8(row[META] >> np.uint64(32) & np.uint64(0xFF))


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nnan", "ninf", "nsz"})
def similarities(first: Any, second: Any, out: Any) -> None:
    """Fill float32 `out` (len(first), len(second)) with similarities, 0 (nothing in common) to 1 (equal)."""
    count = len(second)
    densities = np.empty(count, dtype=np.float32)
    angles = np.empty(count, dtype=np.uint8)
    ones = np.empty(count, dtype=np.float32)
    cells = np.empty(count, dtype=np.float32)
    for column in range(count):
        densities[column] = density(second[column])
        angles[column] = angle_units(second[column])
    for line in range(len(first)):
        row = first[line]
        own, turn = density(row), angle_units(row)
        for column in range(count):
            other = second[column]
            common = np.uint64(0)
            for word in range(BIT_WORDS):
                common += popcount(row[word] & other[word])
            valid = np.uint64(0)
            for word in range(BIT_WORDS, META):
                valid += popcount(row[word] & other[word])
            ones[column] = np.float32(common)
            cells[column] = np.float32(valid)
        for column in range(count):
            out[line, column] = _similarity(ones[column], cells[column], own, densities[column])
        for column in range(count):
            between = np.int8(np.uint8(turn - angles[column]))
            if between > P.MAX_TURN_UNITS or between < -P.MAX_TURN_UNITS:
                out[line, column] = np.float32(0.0)


@njit(cache=True, nogil=True, inline="always")
def _similarity(ones: Any, cells: Any, own: Any, other: Any) -> Any:
    """1 - |a - b| / (|a| + |b|) with Euclidean norms, from counts of bits."""
    ones_a = max(own * cells, ones)
    ones_b = max(other * cells, ones)
    apart = math.sqrt(max(ones_a + ones_b - np.float32(2.0) * ones, np.float32(0.0)))
    norms = math.sqrt(ones_a) + math.sqrt(ones_b)
    alike = np.float32(1.0) - apart / max(norms, np.float32(1e-3))
    return alike if cells >= np.float32(MIN_COMMON_CELLS) and norms > np.float32(0.0) else np.float32(0.0)


assert ROW_WORDS == META + 1
