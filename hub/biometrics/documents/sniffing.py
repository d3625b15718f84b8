"""What a file that somebody hands in really is: decided by its first bytes, never by its name."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, UnidentifiedImageError

from hub.sentences import RefusedError, Sentence

MAX_BYTES: Final = 20 * 1024 * 1024
"""A scan of some forty pages."""
PDF: Final = "application/pdf"
ENDINGS: Final = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}
_MAX_PX: Final = 100_000_000
"""A page of A4 at 800 dpi has 60 million."""
_TAIL_BYTES: Final = 2048

_STARTS: Final = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


def media_type_of(raw: bytes) -> str:
    """Type of a scan that the file can keep; RefusedError with what to do otherwise."""
    if not raw:
        raise RefusedError("scan_empty", Sentence("The file is empty. Choose the scan again."))
    if len(raw) > MAX_BYTES:
        raise RefusedError(
            "scan_too_large",
            Sentence("The scan is larger than 20 MB. Scan it with fewer dots per inch, or in two parts."),
        )
    for start, media_type in _STARTS:
        if raw.startswith(start):
            _check_whole(raw, media_type)
            return media_type
    raise RefusedError(
        "scan_unreadable",
        Sentence("The file is not a PDF, JPEG, PNG or TIFF. Save the scan as one of these."),
    )


def _check_whole(raw: bytes, media_type: str) -> None:
    whole = b"%%EOF" in raw[-_TAIL_BYTES:] if media_type == PDF else _is_image(raw, media_type)
    if not whole:
        raise RefusedError(
            "scan_broken",
            Sentence("The file is broken or cut off. Scan the paper again, or choose another file."),
        )


def _is_image(raw: bytes, media_type: str) -> bool:
    """Only the head is read: what is shown later is shown by the browser, in a sandbox."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            formats = [media_type.removeprefix("image/").upper()]
            with Image.open(io.BytesIO(raw), formats=formats) as image:
                return 0 < image.width * image.height <= _MAX_PX
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        LookupError,
        Image.DecompressionBombError,
    ):
        return False
