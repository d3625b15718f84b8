"""A photo as it is kept: read with care for what a hostile file may cost, turned upright, cut to shape, made small."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from hub.biometrics.opening import UNREADABLE, opened
from hub.sentences import RefusedError, Sentence
from wire.roll import MAX_PHOTO_BYTES

MAX_BYTES: Final = 10 * 1024 * 1024
"""A telephone's photo."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MIN_SIDE_PX: Final = 120
MAX_SIDE_PX: Final = 8000
MAX_PLAIN_PX: Final = 25_000_000
"""Pixels of a photo that is opened whole: 64 million in a PNG of 260 kB took half a gigabyte of memory, in a JPEG of
several scans 370 MB. A plain JPEG is opened at a fraction of its size.
"""
MOST_SCANS: Final = 64
"""A progressive JPEG has about ten; each is a walk over the whole picture, and costs its maker 50 bytes."""
AT_ONCE: Final = 2
"""Photos that are opened at one time, whoever sends them: more only wait for each other's memory."""
PAGE_PX: Final = 480
"""Longest side on pages."""
SMALL_PX: Final = 160
"""Longest side at a terminal, whose roll holds one for each person."""
SMALL_BYTES: Final = MAX_PHOTO_BYTES
"""As many as a roll may carry for a person."""
SHAPE: Final = 4 / 5
"""Width by height: a passport photo, so that faces stand side by side in one size."""

_PAGE_QUALITY: Final = 85
_SMALL_QUALITIES: Final = (80, 70, 60, 50, 40, 30, 20)


@dataclass(frozen=True)
class PreparedPhoto:
    """A photo ready to be kept: two JPEG files without any word about camera, place or day."""

    page_jpeg: bytes
    small_jpeg: bytes

    def __repr__(self) -> str:
        return "PreparedPhoto()"


def prepare_photo(raw: bytes) -> PreparedPhoto:
    """Read, turn upright, cut to shape and make small; RefusedError with what to do otherwise."""
    if not raw:
        raise RefusedError("photo_empty", Sentence("The file is empty. Choose the photo again."))
    if len(raw) > MAX_BYTES:
        raise RefusedError("photo_too_large", Sentence("The photo is larger than 10 MB. Save it smaller."))
    upright = _read(raw)
    page = ImageOps.fit(upright, _size(upright, PAGE_PX), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    small = page.resize(_size(page, SMALL_PX), Image.Resampling.LANCZOS)
    return PreparedPhoto(_jpeg(page, _PAGE_QUALITY), _small_enough(small))


_ROOM: Final = threading.BoundedSemaphore(AT_ONCE)


def _read(raw: bytes) -> Image.Image:
    try:
        with _ROOM, opened(raw, FORMATS) as image:
            _check_sides(image.size)
            _check_plain(image, raw)
            image.draft("RGB", (PAGE_PX * 2, PAGE_PX * 2))
            return ImageOps.exif_transpose(image).convert("RGB")
    except UNREADABLE:
        raise RefusedError(
            "photo_unreadable", Sentence("The file is not a JPEG, PNG or WebP photo. Choose another file.")
        ) from None


def _check_sides(size: tuple[int, int]) -> None:
    if min(size) < MIN_SIDE_PX or max(size) > MAX_SIDE_PX:
        raise RefusedError(
            "photo_size",
            Sentence(
                "The photo has %(width)s x %(height)s pixels. Use one of 120 to 8,000 a side.",
                {"width": size[0], "height": size[1]},
            ),
        )


def _check_plain(image: Image.Image, raw: bytes) -> None:
    large = image.width * image.height > MAX_PLAIN_PX
    if image.format != "JPEG":
        if large:
            raise RefusedError("photo_plain", Sentence("The photo has too many pixels. Save it as JPEG."))
    elif raw.count(_SCAN) > MOST_SCANS or (large and _has_scans(raw, len(image.getbands()))):
        raise RefusedError(
            "photo_scans",
            Sentence(
                "The photo is a progressive JPEG, and too large for one. Save it smaller, or as a plain JPEG."
            ),
        )


_SCAN: Final = b"\xff\xda"
_ONE_AFTER_THE_OTHER: Final = (0xC0, 0xC1)
"""Frames of a JPEG that are read from top to bottom; of others all is held in memory until the last scan."""


def _has_scans(jpeg: bytes, colours: int) -> bool:
    """Whether its picture comes in several scans, as a progressive one does: by the headers before the first."""
    at = 2
    while at + 5 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC, *_ONE_AFTER_THE_OTHER):
            return True
        if marker == _SCAN[1]:
            return jpeg[at + 4] != colours
        at += 1 if marker == 0xFF else 2 + length
    return True


def _size(image: Image.Image, longest_px: int) -> tuple[int, int]:
    """Height at most `longest_px` and no larger than what is there, in the one shape."""
    height = min(longest_px, image.height, int(image.width / SHAPE))
    return max(1, int(height * SHAPE)), height


def _small_enough(image: Image.Image) -> bytes:
    for quality in _SMALL_QUALITIES:
        made = _jpeg(image, quality)
        if len(made) <= SMALL_BYTES:
            return made
    halved = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    return _small_enough(halved)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()
