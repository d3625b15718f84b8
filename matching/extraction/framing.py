"""The image as the network sees it: no ridges too narrow for it, and sides that it can halve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.extraction import parameters
from matching.extraction.narrow import enlargement
from matching.images import GreyImage, resampled


def enlarged(image: GreyImage) -> GreyImage:
    """The image itself, or where its ridges are too narrow for the network a larger one of it."""
    times = enlargement(image)
    if times == 1:
        return image
    height, width = (round(side * times) for side in image.shape)
    return resampled(image, height, width)


def rescaled(place: NDArray[np.int64], seen: tuple[int, ...], kept: tuple[int, ...]) -> NDArray[np.int64]:
    """Pixels [n, 2], row and column, of an image of the shape `seen` as those of the same image in the shape `kept`."""
    centres = (place + 0.5) * (np.array(kept) / np.array(seen)) - 0.5
    return np.asarray(np.rint(centres).astype(np.int64))


def pad(image: GreyImage) -> tuple[GreyImage, int, int]:
    """The image in the middle of one whose sides are multiples of 32, with the rows above and columns left of it."""
    spare_rows, spare_columns = (-side % parameters.SIZE_MULTIPLE for side in image.shape)
    top, left = spare_rows // 2, spare_columns // 2
    margins = ((top, spare_rows - top), (left, spare_columns - left))
    return np.pad(image, margins, constant_values=image[0, 0]), top, left
