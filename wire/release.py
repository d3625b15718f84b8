"""The hub's half of the key of a roll copy, asked for at each boot by a terminal that does not keep it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.codec import Strict
from wire.journal import BootId
from wire.provisioning import Key

KIND = "release"
BACK = "released"

Nonce = Annotated[bytes, Meta(min_length=16, max_length=16)]


class Release(Strict, frozen=True):
    """Asks for it. `nonce` is new at each asking, so that no answer can be given twice."""

    nonce: Nonce
    boot_id: BootId


class Half(Strict, frozen=True):
    """What is sealed in the answer: with the half on the card it gives the key, alone it gives nothing."""

    half: Key


class Released(Strict, frozen=True):
    """`sealed` holds a `Half` for that `nonce`; empty: it is not given out, `why` says so."""

    nonce: Nonce
    sealed: bytes
    why: Annotated[str, Meta(max_length=200)] = ""


def release_context(terminal: str, nonce: bytes) -> str:
    """Context string under the seal: an answer opens for its question alone."""
    return f"release {terminal} {nonce.hex()}"
