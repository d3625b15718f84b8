"""The orders as they lie on the card: the hub's own signed message, so that an edited file orders nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from edge.clock import Reading
from edge.storage import write_durably
from wire.codec import Strict, decode, encode
from wire.envelope import HUB, open_envelope
from wire.keys import VerifyingKey
from wire.orders import KIND, Orders


class Stored(Strict, frozen=True):
    """`raw` is the hub's message, `received` when it came, `used` the numbers of orders that are spent."""

    raw: bytes
    received: Reading
    used: Annotated[list[int], Meta(max_length=10_000)]


class OrdersFile:
    """Reads and writes the file. `load` raises WireError for one that is not the hub's or not whole."""

    def __init__(self, path: Path, terminal: str, hub_key: VerifyingKey) -> None:
        self._path = path
        self._terminal = terminal
        self._hub_key = hub_key

    def load(self) -> tuple[Stored, Orders] | None:
        """What was saved last, None when nothing was."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        stored = decode(raw, Stored)
        return stored, self.open(stored.raw)

    def open(self, raw: bytes) -> Orders:
        """What a message of the hub orders; WireError when it must not be acted on."""
        body = open_envelope(raw, kind=KIND, sender=HUB, receiver=self._terminal, key=self._hub_key)
        return decode(body, Orders)

    def save(self, stored: Stored) -> None:
        """Durable when it returns; OSError when it is not."""
        write_durably(self._path, encode(stored))

    def set_aside(self, name: str) -> Path:
        """Puts a file that cannot be read away under `name`, for whoever looks into it."""
        kept = self._path.with_name(f"{self._path.name}.{name}")
        self._path.replace(kept)
        return kept


def mark_used(stored: Stored, number: int) -> Stored:
    """The same orders with one more spent."""
    return msgspec.structs.replace(stored, used=sorted({*stored.used, number}))
