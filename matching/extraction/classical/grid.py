"""From cells to pixels."""

from __future__ import annotations

import numpy as np

from matching.extraction.classical import parameters as p
from matching.extraction.classical.normalisation import Pixels
from matching.extraction.classical.products import product
from matching.extraction.classical.waves import Cells


def enlarged(cells: Cells, shape: tuple[int, ...]) -> Pixels:
    """Bilinear between the middles of cells, [height, width] of `shape`; constant beyond the outermost ones."""
    down, across = (_weights(count, side) for count, side in zip(cells.shape, shape, strict=True))
    rows = product(down, np.ascontiguousarray(cells, np.float32))
    pixels: Pixels = product(across, np.ascontiguousarray(rows.T)).T
    return np.ascontiguousarray(pixels)


def _weights(cells: int, pixels: int) -> Pixels:
    """[pixels, cells]: how much of each cell a pixel takes."""
    at = np.clip((np.arange(pixels) + 0.5) / p.STEP_PX - 0.5, 0, cells - 1)
    weights: Pixels = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(cells))).astype(np.float32)
    return weights
