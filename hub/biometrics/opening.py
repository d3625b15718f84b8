"""Opening a picture that somebody hands in, whatever it may be."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from PIL import Image, UnidentifiedImageError

UNREADABLE: Final = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    UserWarning,
)
"""What reading a damaged or hostile picture may end in, while it is opened and while its pixels are read."""


@contextmanager
def opened(raw: bytes, formats: Sequence[str]) -> Iterator[Image.Image]:
    """The picture in `raw`, its pixels not read yet; one of UNREADABLE when it is none of `formats`, or a bomb."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        if "TIFF" in formats:
            # A torn directory of tags is told by a warning alone, and it is what says how to read the pixels.
            warnings.filterwarnings("error", "Corrupt EXIF data", UserWarning)
        with Image.open(io.BytesIO(raw), formats=list(formats)) as image:
            yield image
