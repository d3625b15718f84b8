"""Reading finger images that somebody hands in: strict about form and size before anything is decoded."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hub.biometrics.opening import UNREADABLE, opened
from hub.sentences import RefusedError, Sentence

MAX_BYTES: Final = 5 * 1024 * 1024
MIN_SIDE_PX: Final = 90
MAX_SIDE_PX: Final = 2000
FORMATS: Final = ("PNG", "BMP", "TIFF")

GreyImage = NDArray[np.uint8]


def read_image(raw: bytes) -> GreyImage:
    """Grey image [height, width] of a PNG, BMP or TIFF file; RefusedError with what to do otherwise."""
    if not raw:
        raise RefusedError("image_empty", Sentence("The file is empty. Choose the image again."))
    if len(raw) > MAX_BYTES:
        raise RefusedError(
            "image_too_large", Sentence("The file is larger than 5 MB. Save the finger as a grey PNG.")
        )
    try:
        with opened(raw, FORMATS) as image:
            _check_sides(image.size)
            return np.array(image.convert("L"), dtype=np.uint8)
    except UNREADABLE:
        raise RefusedError(
            "image_unreadable", Sentence("The file is not a PNG, BMP or TIFF image. Choose another file.")
        ) from None


def write_png(image: GreyImage) -> bytes:
    """Lossless PNG of a grey image, without any metadata of the file it came from."""
    out = io.BytesIO()
    Image.fromarray(image).save(out, format="PNG")
    return out.getvalue()


def _check_sides(size: tuple[int, int]) -> None:
    if min(size) < MIN_SIDE_PX or max(size) > MAX_SIDE_PX:
        raise RefusedError(
            "image_size",
            Sentence(
                "The image has %(width)s x %(height)s pixels. "
                "A finger at 500 dpi has between 90 and 2,000 a side.",
                {"width": size[0], "height": size[1]},
            ),
        )
