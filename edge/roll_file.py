"""The roll copy on disk: encrypted with a key of this terminal, whole or absent, never half."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.storage import write_durably
from wire.codec import Strict, encode
from wire.errors import Refusal, WireError
from wire.roll import RollPerson
from wire.sealing import lock_at_rest, unlock_at_rest
from wire.versions import NOTHING, Version

FORM = 1


class StoredRoll(Strict, frozen=True):
    """Everybody on the copy, as of `version`."""

    form: int
    version: Version
    people: list[RollPerson]


EMPTY = StoredRoll(form=FORM, version=NOTHING, people=[])


class RollFile:
    """`roll.sealed`, opened with the 32-byte `key` of terminal `terminal`."""

    def __init__(self, path: Path, key: bytes, terminal: str) -> None:
        self._path = path
        self._key = key
        self._context = f"roll {terminal}"

    def load(self) -> StoredRoll:
        """What was saved, EMPTY when nothing was; WireError when the file was changed or is another terminal's."""
        if not self._path.exists():
            return EMPTY
        plain = unlock_at_rest(self._path.read_bytes(), self._key, self._context)
        try:
            stored = msgspec.msgpack.decode(plain, type=StoredRoll)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise WireError(
                Refusal.MALFORMED, "The roll copy does not have the form of this version."
            ) from None
        if stored.form != FORM:
            raise WireError(Refusal.WRONG_VERSION, f"The roll copy has form {stored.form}, not {FORM}.")
        return stored

    def save(self, version: Version, people: list[RollPerson]) -> None:
        """Replaces the file durably; OSError when the disk does not take it."""
        stored = StoredRoll(form=FORM, version=version, people=people)
        write_durably(self._path, lock_at_rest(encode(stored), self._key, self._context))

    def set_aside(self, name: str) -> Path:
        """Keeps a file that cannot be opened, under `set-aside/<name>/`."""
        folder = self._path.parent / "set-aside" / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.replace(folder / self._path.name)
        return folder
