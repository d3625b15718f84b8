"""The roll as a terminal receives it: differences, sealed to that terminal, in numbered chunks."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import PersonNumber
from wire.journal import When
from wire.versions import Count, Version

KIND = "roll"

MAX_CHUNK_PERSONS = 200
MAX_PHOTO_BYTES = 6_144

ScopeWord = Annotated[str, Meta(max_length=40)]


class RollFinger(Strict, frozen=True):
    """`position` is the ISO finger code 1 to 10; `template` an ISO/IEC 19794-2:2005 record."""

    position: Annotated[int, Meta(ge=1, le=10)]
    template: Annotated[bytes, Meta(max_length=4096)]


class RollPerson(Strict, frozen=True):
    """Somebody the terminal may meet: `zones` are those the person may enter.

    `language` is a code of the lines shown to the person (en, es, bzj). `attested` tells that no finger of theirs
    can be read and that an officer vouches for them each time, by a procedure that was reviewed. `name` (SURNAME,
    Given) and `photo` (a small JPEG) come to terminals with an officer's page alone, and are empty elsewhere.
    """

    person: PersonNumber
    fingers: Annotated[list[RollFinger], Meta(max_length=40)]
    zones: Annotated[list[Name], Meta(max_length=200)]
    language: Annotated[str, Meta(max_length=8)] = "en"
    attested: bool = False
    name: Annotated[str, Meta(max_length=200)] = ""
    photo: Annotated[bytes, Meta(max_length=MAX_PHOTO_BYTES)] = b""


class RollOfficer(Strict, frozen=True):
    """An officer known at this terminal. `pin` is an argon2id string, never the PIN.

    Where there is no officers' page `name` and `pin` are empty: there an officer's finger begins an escort, no more.
    """

    login: Name
    name: Annotated[str, Meta(max_length=200)]
    pin: Annotated[str, Meta(max_length=200)]
    fingers: Annotated[list[RollFinger], Meta(max_length=10)] = field(default_factory=list)


class RollChanges(Strict, frozen=True):
    """The sealed content of one chunk: who is new or changed, and who leaves the copy.

    `officers` of all parts together replace all officers; where no part has any they stay.
    """

    upserts: Annotated[list[RollPerson], Meta(max_length=MAX_CHUNK_PERSONS)]
    removals: Annotated[list[PersonNumber], Meta(max_length=100_000)]
    officers: Annotated[list[RollOfficer], Meta(max_length=500)] | None = None


class RollUpdate(Strict, frozen=True):
    """Chunk `part` of `parts` (from 1) of the way from `base` to `to`; `base` 0.0 replaces the whole copy.

    The terminal applies all parts at once, then reports `to` in its state: that is the receipt. A message with
    `base` equal to `to`, no content and one part only confirms that the copy is current; with content it changes
    the officers alone. `scope` is what of the roll the terminal holds once it is applied, in the hub's words: a
    whole roll of the same version replaces one of another scope.
    `session` is that of the terminal's state which this answers: in any other session it proves nothing.
    """

    base: Version
    to: Version
    part: Annotated[int, Meta(ge=1)]
    parts: Annotated[int, Meta(ge=1, le=10_000)]
    sealed: bytes
    said_at: When
    scope: ScopeWord = ""
    session: Count | None = None


def seal_context(terminal: str, update_to: Version, part: int) -> str:
    """Context string under the seal: a chunk cannot be replayed to another terminal, version or place."""
    return f"roll {terminal} {update_to} {part}"
