"""What of an image the network sees: no blank margins, no ridges too narrow for it, sides that it can halve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.extraction import parameters
from matching.extraction.narrow import enlargement
from matching.images import GreyImage, resampled


def occupied(image: GreyImage) -> tuple[slice, slice]:
    """Rows and columns of the part that is not blank, with a margin; of all where nothing or everything is.

    The network takes as long for bare glass as for ridges: of a large sensor half the image is nothing but that.
    """
    side = parameters.BLOCK_PX
    whole = image[: len(image) // side * side, : image.shape[1] // side * side].astype(np.float32)
    blocks = whole.reshape(len(whole) // side, side, -1, side)
    marked = blocks.std(axis=(1, 3)) > parameters.BLANK_DEVIATION
    if not marked.any():
        return slice(0, image.shape[0]), slice(0, image.shape[1])
    rows, columns = (_span(marked.any(axis=1 - axis), image.shape[axis]) for axis in (0, 1))
    return rows, columns


def _span(marked: NDArray[np.bool_], size: int) -> slice:
    """Pixels from the first to the last marked block; what is left after the last whole block goes with it."""
    places = np.flatnonzero(marked)
    start = int(places[0]) * parameters.BLOCK_PX - parameters.BLANK_MARGIN_PX
    stop = int(places[-1] + 1) * parameters.BLOCK_PX + parameters.BLANK_MARGIN_PX
    return slice(max(0, start), min(size, stop))


def enlarged(image: GreyImage) -> GreyImage:
    """The image itself, or where its ridges are too narrow for the network a larger one of it."""
    times = enlargement(image)
    if times == 1:
        return image
    height, width = (round(side * times) for side in image.shape)
    return resampled(image, height, width)


def rescaled(place: NDArray[np.int64], seen: tuple[int, ...], part: tuple[int, ...]) -> NDArray[np.int64]:
    """Pixels [n, 2], row and column, of an image of the shape `seen` as those of the same image in the shape `part`."""
    centres = (place + 0.5) * (np.array(part) / np.array(seen)) - 0.5
    return np.asarray(np.rint(centres).astype(np.int64))


def pad(image: GreyImage) -> tuple[GreyImage, int, int]:
    """The image in the middle of one whose sides are multiples of 32, with the rows above and columns left of it."""
    spare_rows, spare_columns = (-side % parameters.SIZE_MULTIPLE for side in image.shape)
    top, left = spare_rows // 2, spare_columns // 2
    margins = ((top, spare_rows - top), (left, spare_columns - left))
    return np.pad(image, margins, constant_values=image[0, 0]), top, left
