"""Images as a desk sends them: `wire.enrolment.Impression` back to a PNG that the engine reads."""

from __future__ import annotations

import zlib

import numpy as np

from hub.biometrics.images import GreyImage, write_png
from hub.sentences import RefusedError, Sentence
from wire.enrolment import Impression

GREY_STEP = 17


def png_of(one: Impression) -> bytes:
    """The image without loss; RefusedError when its bytes are not those of its size."""
    return write_png(unpack(one))


def unpack(one: Impression) -> GreyImage:
    """Grey image [height, width]; never reads more than its size says."""
    row_bytes = one.width if one.bits == 8 else -(-one.width // 2)
    wanted = row_bytes * one.height
    opener = zlib.decompressobj()
    try:
        raw = opener.decompress(one.packed, wanted + 1)
    except zlib.error:
        raise _damaged() from None
    if one.bits not in (4, 8) or len(raw) != wanted:
        raise _damaged()
    rows = np.frombuffer(raw, np.uint8).reshape(one.height, row_bytes)
    if one.bits == 8:
        return rows.copy()
    image = np.empty((one.height, 2 * row_bytes), np.uint8)
    image[:, 0::2], image[:, 1::2] = rows >> 4, rows & 0x0F
    return np.ascontiguousarray(image[:, : one.width] * GREY_STEP)


def _damaged() -> RefusedError:
    return RefusedError("damaged", Sentence("The images did not arrive whole. Take it again."))
