"""What every image goes through first: is it one that can be a fingerprint, and is it at 500 dpi."""

from __future__ import annotations

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

GreyImage = NDArray[np.uint8]


def checked(image: NDArray[Any], dpi: float) -> GreyImage:
    """The image itself when it is uint8 grey [height, width] of a usable size; raises ImageError otherwise.

    Looks at the form only, so that the refusal of a huge image costs nothing.
    """
    if not isinstance(image, np.ndarray) or image.ndim != 2:
        raise ImageError("Give the image as a grey array of rows and columns, without colour channels.")
    if image.dtype != np.uint8:
        raise ImageError(f"Give the image with 8-bit grey levels (uint8); this one has {image.dtype}.")
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
    """The checked image, resampled by cubic splines when it is not at 500 dpi; raises ImageError."""
    image = checked(image, dpi)
    if dpi == DPI:
        return image
    return _resampled(image, DPI / dpi)


def _resampled(image: GreyImage, scale: float) -> GreyImage:
    from scipy import ndimage

    smooth = image.astype(np.float32)
    if scale < 1:
        # What the coarser grid cannot show must go first, or it comes back as false ridges.
        smooth = ndimage.gaussian_filter(smooth, (1 / scale - 1) / 2)
    resampled: NDArray[np.float32] = ndimage.zoom(smooth, scale, order=3, mode="nearest", grid_mode=True)
    return np.rint(resampled).clip(0, 255).astype(np.uint8)
