"""Image files as grey levels."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.errors import ImageError, MatchingError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 40_000_000
"""A sheet of ten fingers at 1,000 dpi has fewer; larger files are refused before they are unpacked."""
_DEPTHS: Final = (8, 10, 12, 14, 16)
"""Bits that sensors give in a 16-bit file."""


class UnreadableImageError(ImageError):
    """The file cannot be read as an image at all: a fault of the file, not of the finger."""


class OutputError(MatchingError):
    """A file that was asked for cannot be written."""


def read_image(path: Path) -> NDArray[np.uint8]:
    """Grey levels of an image file [height, width]; raises ImageError where it holds none.

    Colour becomes grey, what is transparent becomes white, 16 bits become 8; of several pages the first is read.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ImageError(
                        f"{path} is too large: {image.width}x{image.height} pixels. Cut out one finger."
                    )
                image.load()
                return _grey(image, path)
    except FileNotFoundError:
        raise UnreadableImageError(f"There is no image at {path}.") from None
    except IsADirectoryError:
        raise UnreadableImageError(f"{path} is a folder: name one image in it.") from None
    except PermissionError:
        raise UnreadableImageError(f"{path} may not be read: ask for the right to read it.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise UnreadableImageError(
            f"{path} cannot be read as an image: give a PNG, TIFF, BMP or JPEG file."
        ) from fault


def _grey(image: Image, path: Path) -> NDArray[np.uint8]:
    if image.mode.startswith("I"):
        return _eight_bits(np.asarray(image), path)
    if image.mode == "F":
        raise UnreadableImageError(
            f"{path} holds fractions instead of grey levels: save it with 8 or 16 bits."
        )
    if image.has_transparency_data:
        from PIL import Image as Images

        layers = image.convert("RGBA")
        image = Images.alpha_composite(Images.new("RGBA", layers.size, "white"), layers)
    return np.array(image.convert("L"))


def _eight_bits(values: NDArray[Any], path: Path) -> NDArray[np.uint8]:
    """The upper eight of the bits in use: sensors of 10 to 14 bits leave the highest of their file empty."""
    low, high = int(values.min()), int(values.max())
    if low < 0 or high >= 1 << _DEPTHS[-1]:
        raise UnreadableImageError(f"{path} has more than 16 bits a pixel: save it with 8 or 16 bits.")
    depth = next(bits for bits in _DEPTHS if high < 1 << bits)
    return np.asarray(values.astype(np.uint16) >> (depth - 8), dtype=np.uint8)


def write_image(picture: Image, path: Path) -> None:
    """Write a picture in the form that the ending of its name says; raises OutputError with the reason."""
    try:
        picture.save(path)
    except ValueError as fault:
        raise OutputError(f"{path} cannot be written: let its name end in .png, .jpg or .tif.") from fault
    except OSError as fault:
        raise OutputError(f"{path} cannot be written: {reason(fault)}.") from fault


def write_text(text: str, path: Path) -> None:
    """Raises OutputError with the reason."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise OutputError(f"{path} cannot be written: {reason(fault)}.") from fault


def check_writable(path: Path | None) -> None:
    """Say before long work, not after it, that its result would have no place. Raises OutputError."""
    if path is None:
        return
    if path.is_dir():
        raise OutputError(f"{path} is a folder: name a file in it.")
    if not path.absolute().parent.is_dir():
        raise OutputError(f"{path} cannot be written: the folder {path.absolute().parent} does not exist.")


def reason(fault: OSError) -> str:
    return (fault.strerror or "the system does not say why").lower()
