"""Where a client has read to: a place in an order that never changes, written so that nobody reckons with it."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from hub.sharing.api.problems import BAD_CURSOR, ProblemError

PATTERN: Final = "^[A-Za-z0-9_-]{0,64}$"
_MOST: Final = 2**53


def write_cursor(of: str, place: int) -> str:
    """The cursor behind `place` in the order called `of`."""
    return base64.urlsafe_b64encode(f"{of}:{place}".encode()).rstrip(b"=").decode("ascii")


def read_cursor(of: str, cursor: str) -> int:
    """The place that a cursor of this order stands for, 0 for an empty one; ProblemError for any other."""
    if not cursor:
        return 0
    try:
        name, _, place = (
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
        )
    except (ValueError, binascii.Error):
        raise ProblemError(BAD_CURSOR) from None
    if name != of or not place.isdecimal() or len(place) > 16 or int(place) > _MOST:
        raise ProblemError(BAD_CURSOR)
    return int(place)
