"""Last word of a cylinder row: where its minutia is, how good, and how full the cylinder.

From the lowest bit up: x (14 bits), y (14), quality (4), angle (8), set bits (12), valid cells (12).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

MOST_QUALITY: Final = 15
"""Quality is kept in so many steps."""
_PLACE: Final = np.uint64(0x3FFF)


@njit(cache=True, nogil=True, inline="always")
def meta(x: Any, y: Any, quality: Any, angle: Any, ones: Any, valid: Any) -> Any:
    return (
        np.uint64(x)
        | np.uint64(y) << np.uint64(14)
        | np.uint64(quality) << np.uint64(28)
        | np.uint64(angle) << np.uint64(32)
        | np.uint64(ones) << np.uint64(40)
        | np.uint64(valid) << np.uint64(52)
    )


@njit(cache=True, nogil=True, inline="always")
def place(word: Any) -> Any:
    """x and y in pixels, float32."""
    return np.float32(word & _PLACE), np.float32(word >> np.uint64(14) & _PLACE)


@njit(cache=True, nogil=True, inline="always")
def angle_of(word: Any) -> Any:
    """In units, int64."""
    return np.int64(word >> np.uint64(32) & np.uint64(0xFF))


@njit(cache=True, nogil=True, inline="always")
def quality_of(word: Any) -> Any:
    """0 to 1, float32."""
    return np.float32(word >> np.uint64(28) & np.uint64(0xF)) / np.float32(MOST_QUALITY)
