"""What every image goes through first: is it one that can be a fingerprint, and is it at 500 dpi."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.errors import ImageError

DPI: Final = 500
MIN_DPI: Final = 250
"""Below it the ridges of a narrow-ridged finger (0.35 mm) have fewer than 3.5 pixels: too few to follow."""
MAX_DPI: Final = 1200
MIN_SIDE_PX: Final = 80
"""4 mm at 500 dpi: about eight ridges, less than the smallest sensors show."""
MAX_SIDE_PX: Final = 1000
"""51 mm at 500 dpi: more than any one rolled finger; what is larger is a sheet or a mistake."""

LOBES: Final = 3
"""Of the resampling window: ridges of 3.5 to 6 pixels keep their contrast within 1.3 %; with 2 they lose up to 10."""

GreyImage = NDArray[np.uint8]


def checked(image: NDArray[Any], dpi: float) -> GreyImage:
    """The image itself when it is uint8 grey [height, width] of a usable size; raises ImageError otherwise.

    Looks at the form only, so that the refusal of a huge image costs nothing.
    """
    if not isinstance(image, np.ndarray) or image.ndim != 2:
        raise ImageError("Give the image as a grey array of rows and columns, without colour channels.")
    if image.dtype != np.uint8:
        raise ImageError(f"Give the image with 8-bit grey levels (uint8); this one has {image.dtype}.")
    if not isinstance(dpi, (int, float, np.integer, np.floating)):
        raise ImageError(f"Give the resolution as a number of dpi; this is {type(dpi).__name__}.")
    if not MIN_DPI <= dpi <= MAX_DPI:
        raise ImageError(f"Give the image with {MIN_DPI} to {MAX_DPI} dpi; {dpi:g} dpi cannot be used.")
    height, width = image.shape
    short, long = (round(side * DPI / dpi) for side in sorted((height, width)))
    if short < MIN_SIDE_PX:
        raise ImageError(
            f"The image is too small: {width}x{height}, and {MIN_SIDE_PX} pixels at 500 dpi are needed."
        )
    if long > MAX_SIDE_PX:
        raise ImageError(
            f"The image is too large: {width}x{height}, and at most {MAX_SIDE_PX} pixels at 500 dpi fit."
        )
    return image


def at_500_dpi(image: NDArray[Any], dpi: float) -> GreyImage:
    """The checked image, resampled when it is not at 500 dpi; raises ImageError."""
    image = checked(image, dpi)
    if dpi == DPI:
        return image
    height, width = (round(side * DPI / dpi) for side in image.shape)
    return resampled(image, height, width)


def resampled(image: GreyImage, height: int, width: int) -> GreyImage:
    """The image with other sides, by Lanczos windows (Turkowski 1990); its border goes on outside as it is.

    Where the new grid is coarser the windows widen with it: what it cannot show must go first, or it comes back as
    false ridges. One matrix a direction: seven times as fast as splines at each place.
    """
    rows, columns = _weights(image.shape[0], height), _weights(image.shape[1], width)
    values: NDArray[np.float32] = rows @ image.astype(np.float32) @ columns.T
    return np.rint(values).clip(0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _weights(old: int, new: int) -> NDArray[np.float32]:
    """[new, old]: how much of each old place is in each new one; rows sum to 1."""
    spread = max(1.0, old / new)
    centres = (np.arange(new) + 0.5) * old / new - 0.5
    reach = math.ceil(LOBES * spread)
    taps = np.floor(centres).astype(np.int64)[:, None] + np.arange(1 - reach, reach + 1)
    away = (taps - centres[:, None]) / spread
    window = np.where(np.abs(away) < LOBES, np.sinc(away) * np.sinc(away / LOBES), 0.0)
    weights = np.zeros((new, old), np.float32)
    np.add.at(weights, (np.arange(new)[:, None], taps.clip(0, old - 1)), window)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights
