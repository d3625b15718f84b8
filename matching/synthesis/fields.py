"""Smooth random fields: noise on a coarse lattice, carried to every pixel by cubic B-splines."""

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@lru_cache(maxsize=64)
def _spline_taps(length: int, knots: int) -> tuple[NDArray[np.int64], Floats]:
    """First knot and the four weights of each pixel, for knots that span the axis evenly."""
    at = np.linspace(0.0, knots - 3.0, length)
    first = np.minimum(np.floor(at).astype(np.int64), knots - 4)
    t = at - first
    weights = np.stack(
        ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3), axis=1
    )
    return first, (weights / 6).astype(np.float32)


@njit(cache=True, nogil=True)
def _spread(
    lattice: Floats,
    row_first: NDArray[np.int64],
    row_w: Floats,
    col_first: NDArray[np.int64],
    col_w: Floats,
    out: Floats,
) -> None:
    line = np.empty(lattice.shape[1], np.float32)
    for r in range(out.shape[0]):
        k = row_first[r]
        for j in range(lattice.shape[1]):
            line[j] = (
                row_w[r, 0] * lattice[k, j]
                + row_w[r, 1] * lattice[k + 1, j]
                + row_w[r, 2] * lattice[k + 2, j]
                + row_w[r, 3] * lattice[k + 3, j]
            )
        for c in range(out.shape[1]):
            j = col_first[c]
            out[r, c] = (
                col_w[c, 0] * line[j]
                + col_w[c, 1] * line[j + 1]
                + col_w[c, 2] * line[j + 2]
                + col_w[c, 3] * line[j + 3]
            )


def smooth_field(rng: np.random.Generator, shape: tuple[int, int], knot_px: float) -> Floats:
    """Zero-mean field of about unit deviation that changes over `knot_px` pixels."""
    rows, cols = (max(4, round(side / knot_px) + 3) for side in shape)
    # The spline averages its knots: 2.07 gives unit deviation back, on the mean over the field.
    lattice = rng.standard_normal((rows, cols), dtype=np.float32) * np.float32(2.07)
    field = np.empty(shape, np.float32)
    _spread(lattice, *_spline_taps(shape[0], rows), *_spline_taps(shape[1], cols), field)
    return field
