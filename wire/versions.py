"""Versions that the hub hands out: they only ever go forward, also across a restore."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=0, lt=2**53)]


class Version(Struct, frozen=True, forbid_unknown_fields=True, order=True, array_like=True):
    """(hub epoch, counter). A restored hub raises the epoch, so what it says again is newer than before."""

    epoch: Count
    counter: Count

    def __str__(self) -> str:
        return f"{self.epoch}.{self.counter}"


NOTHING = Version(0, 0)
"""What a terminal holds before its first delivery."""
