"""Ridges of the same height on the same level everywhere (Hong, Wan, Jain 1998, section 2.1, in local windows)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from matching.extraction.classical import parameters as p
from matching.images import GreyImage

Pixels: TypeAlias = NDArray[np.float32]
"""One value a pixel, [height, width]."""


@dataclass(frozen=True, slots=True)
class Levelled:
    grey: Pixels
    """Mean 0 and standard deviation 1 in each neighbourhood; ridges are negative."""
    contrast: Pixels
    """Standard deviation around each pixel before that, in grey levels."""


def levelled(image: GreyImage) -> Levelled:
    centred = image.astype(np.float32)
    centred -= local_mean(centred, p.MEAN_PX)
    squares = np.square(centred)
    spread = root(local_mean(squares, p.CONTRAST_PX))
    floor = p.CONTRAST_FLOOR * float(np.percentile(spread[::4, ::4], 90)) + 1.0
    grey: Pixels = np.clip(centred / np.maximum(spread, np.float32(floor)), -p.CLIP, p.CLIP)
    return Levelled(grey, root(local_mean(squares, p.SHORT_PX)))


def local_mean(values: Pixels, side_px: int) -> Pixels:
    """A square window passed twice: near enough to a bell, and its time does not grow with its size."""
    once = ndimage.uniform_filter(values, side_px, mode="nearest")
    twice: Pixels = ndimage.uniform_filter(once, side_px, mode="nearest")
    return twice


def root(squares: Pixels) -> Pixels:
    """Running sums leave squares a hair below zero."""
    root_mean_square: Pixels = np.sqrt(np.maximum(squares, 0))
    return root_mean_square
