"""The roll as a terminal receives it: differences, sealed to that terminal, in numbered chunks."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import PersonNumber
from wire.journal import When
from wire.versions import Version

KIND = "roll"

MAX_CHUNK_PERSONS = 200


class RollFinger(Strict, frozen=True):
    """`position` is the ISO finger code 1 to 10; `template` an ISO/IEC 19794-2:2005 record."""

    position: Annotated[int, Meta(ge=1, le=10)]
    template: Annotated[bytes, Meta(max_length=4096)]


class RollPerson(Strict, frozen=True):
    """Somebody the terminal may meet: `zones` are those the person may enter."""

    person: PersonNumber
    fingers: Annotated[list[RollFinger], Meta(max_length=40)]
    zones: Annotated[list[Name], Meta(max_length=200)]


class RollChanges(Strict, frozen=True):
    """The sealed content of one chunk: who is new or changed, and who leaves the copy."""

    upserts: Annotated[list[RollPerson], Meta(max_length=MAX_CHUNK_PERSONS)]
    removals: Annotated[list[PersonNumber], Meta(max_length=100_000)]


class RollUpdate(Strict, frozen=True):
    """Chunk `part` of `parts` (from 1) of the way from `base` to `to`; `base` 0.0 replaces the whole copy.

    The terminal applies all parts at once, then reports `to` in its state: that is the receipt. A message with
    `base` equal to `to`, no content and one part only confirms that the copy is current.
    """

    base: Version
    to: Version
    part: Annotated[int, Meta(ge=1)]
    parts: Annotated[int, Meta(ge=1, le=10_000)]
    sealed: bytes
    said_at: When


def seal_context(terminal: str, update_to: Version, part: int) -> str:
    """Context string under the seal: a chunk cannot be replayed to another terminal, version or place."""
    return f"roll {terminal} {update_to} {part}"
