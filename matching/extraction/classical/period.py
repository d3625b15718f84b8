"""The ridge period of each cell, in pixels."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from matching.extraction.classical import parameters as p
from matching.extraction.classical.segmentation import Mask
from matching.extraction.classical.waves import Cells, Waves

_LEAST_WEIGHT = 1e-6
_LEAST_CYCLES = 1e-3


def period(waves: Waves, mask: Mask) -> Cells:
    """Mean of the logarithms of neighbouring windows' periods, the coherent ones before the others."""
    weight = (mask * np.square(np.abs(waves.turn)) + _LEAST_WEIGHT).astype(np.float32)
    octaves = np.log2(np.maximum(waves.cycles_per_px, _LEAST_CYCLES))
    total = ndimage.gaussian_filter(octaves * weight, p.PERIOD_CELLS, mode="nearest")
    mean = total / ndimage.gaussian_filter(weight, p.PERIOD_CELLS, mode="nearest")
    periods: Cells = np.clip(np.exp2(-mean), p.MIN_PERIOD_PX, p.MAX_PERIOD_PX)
    return periods
