"""Strict MessagePack: an unknown field, a wrong type or an oversize message is refused with its reason."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from wire.errors import Refusal, WireError

MAX_MESSAGE_BYTES = 1_048_576
"""Largest message either side reads. A batch is kept under a quarter of it and a roll chunk under a half,
so that a sender's mistake shows as a refusal and not as memory."""

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder()


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything that crosses the wire: immutable, named fields only, none unknown."""


def encode(value: Any) -> bytes:
    """MessagePack of a Strict value."""
    return _encoder.encode(value)


def decode(raw: bytes, kind: type[T]) -> T:
    """Value of type `kind`; WireError OVERSIZE or MALFORMED otherwise. The error repeats nothing of `raw`."""
    if len(raw) > MAX_MESSAGE_BYTES:
        raise WireError(
            Refusal.OVERSIZE, f"The message has {len(raw)} bytes; {MAX_MESSAGE_BYTES} are allowed."
        )
    try:
        return msgspec.msgpack.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The decoder's own text can quote content, so the chain of causes is cut here.
        raise WireError(Refusal.MALFORMED, "The message does not have the agreed form.") from None
