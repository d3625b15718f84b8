"""Which cells belong to the print (variance and coherence: Bazen and Gerez, "Segmentation of fingerprint images",
ProRISC 2001; then mathematical morphology)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from matching.extraction.classical import parameters as p
from matching.extraction.classical.normalisation import Pixels
from matching.extraction.classical.waves import Cells

Mask: TypeAlias = NDArray[np.bool_]

_SQUARE = np.ones((3, 3), np.bool_)
_PAD = 3


def foreground(flow: Cells, contrast: Pixels) -> Mask:
    """Cells with ridges that flow, of a contrast like those around them; [rows, columns] of cells."""
    height = _at_cells(contrast, flow.shape)
    flowing = (flow >= p.MIN_FLOW) & (height >= p.MIN_CONTRAST)
    if not flowing.any():
        return flowing
    clear = flowing & (height >= p.MIN_RELATIVE_CONTRAST * np.percentile(height[flowing], 80))
    return _whole_parts(clear & (height >= p.MIN_LOCAL_CONTRAST * _around(height, clear)))


def _at_cells(values: Pixels, grid: tuple[int, ...]) -> Cells:
    """The value at the middle of each cell."""
    rows, columns = (
        np.minimum(np.arange(n) * p.STEP_PX + p.STEP_PX // 2, side - 1)
        for n, side in zip(grid, values.shape, strict=True)
    )
    return values[np.ix_(rows, columns)]


def _around(height: Cells, clear: Mask) -> Cells:
    """Mean contrast of the clear cells around each cell."""
    weight = clear.astype(np.float32)
    total = ndimage.gaussian_filter(height * weight, p.NEAR_CELLS, mode="constant")
    mean: Cells = total / np.maximum(ndimage.gaussian_filter(weight, p.NEAR_CELLS, mode="constant"), 1e-3)
    return mean


def _whole_parts(mask: Mask) -> Mask:
    """Without threads and crumbs, holes filled."""
    mask = ndimage.binary_opening(np.pad(mask, 1, mode="edge"), _SQUARE)[1:-1, 1:-1]
    mask = ndimage.binary_closing(np.pad(mask, _PAD), _SQUARE, iterations=2)[_PAD:-_PAD, _PAD:-_PAD]
    parts, count = ndimage.label(ndimage.binary_fill_holes(mask))
    if not count:
        return np.zeros_like(mask)
    cells = np.bincount(parts.ravel())
    cells[0] = 0
    kept: Mask = (cells >= max(p.MIN_PART_SHARE * cells.max(), p.MIN_PART_CELLS))[parts]
    return kept
