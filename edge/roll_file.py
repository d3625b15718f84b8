"""The roll copy on disk: encrypted, whole or absent, never half. Its first line says what it lies under."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import field

from edge.errors import RollLockedError
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder
from edge.settings import Settings
from edge.storage import write_durably
from wire.codec import Strict, encode
from wire.errors import Refusal, WireError
from wire.roll import RollOfficer, RollPerson
from wire.sealing import lock_at_rest, unlock_at_rest
from wire.versions import NOTHING, Version

FORM = 2
_FORMS = (1, FORM)
"""The first had neither officers nor scope."""
_MARK = b"PIMS roll "
_LINE_BYTES = 40


class StoredRoll(Strict, frozen=True):
    """Everybody on the copy, as of `version`, and the officers who may vouch for them here."""

    form: int
    version: Version
    people: list[RollPerson]
    officers: list[RollOfficer] = field(default_factory=list)
    scope: str = ""


EMPTY = StoredRoll(form=FORM, version=NOTHING, people=[])


class RollFile:
    """`roll.sealed` of terminal `terminal`."""

    def __init__(self, path: Path, keys: RollKeys, terminal: str) -> None:
        self._path = path
        self._keys = keys
        self._terminal = terminal

    def lies_under(self) -> AtRest:
        """How the copy on the card is protected now; without one, as chosen, unless this machine cannot keep that."""
        if self._path.exists():
            with self._path.open("rb") as file:
                return _split(file.read(_LINE_BYTES))[0]
        chosen = self._keys.chosen
        return AtRest.NONE if chosen is AtRest.TPM and self._keys.key(chosen) is None else chosen

    def load(self) -> StoredRoll:
        """What was saved, EMPTY when nothing was.

        RollLockedError while its key is not to be had; WireError when the file was changed or is another terminal's.
        """
        if not self._path.exists():
            return EMPTY
        kind, locked = _split(self._path.read_bytes())
        key = self._keys.key(kind)
        if key is None and kind is AtRest.NONE:
            raise WireError(Refusal.UNSEALABLE, "The key of the roll copy is gone.")
        if key is None:
            raise RollLockedError(_LOCKED[kind])
        return _decoded(unlock_at_rest(locked, key, self._context(kind)))

    def save(self, stored: StoredRoll) -> None:
        """Replaces the file durably; OSError when the disk does not take it, RollLockedError without a key."""
        writing = self._keys.for_writing()
        if writing is None:
            raise RollLockedError(_LOCKED[self._keys.chosen])
        kind, key = writing
        line = _MARK + kind.value.encode() + b"\n"
        write_durably(self._path, line + lock_at_rest(encode(stored), key, self._context(kind)))
        self._keys.written(kind)

    def misses_half(self) -> bool:
        """Whether the hub's half of a key is needed here and was not given yet."""
        involved = AtRest.HUB_RELEASED in (self._keys.chosen, self.lies_under())
        return involved and self._keys.key(AtRest.HUB_RELEASED) is None

    def settle(self, stored: StoredRoll) -> bool:
        """Writes a copy that lies under another protection than the chosen one anew, if that can be; True when it was.

        The file is replaced whole before the earlier key goes: a power cut leaves one copy, and its key.
        """
        if not self._path.exists():
            return False
        if self.lies_under() is self._keys.chosen:
            self._keys.written(self._keys.chosen)  # a cut may have come between the copy and this
            return False
        if self._keys.key(self._keys.chosen) is None and self._keys.chosen is not AtRest.NONE:
            return False
        self.save(stored)
        return True

    def set_aside(self, name: str) -> Path:
        """Keeps a file that cannot be opened, under `set-aside/<name>/`."""
        folder = self._path.parent / "set-aside" / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.replace(folder / self._path.name)
        return folder

    def _context(self, kind: AtRest) -> str:
        return f"roll {self._terminal}" + ("" if kind is AtRest.NONE else f" {kind.value}")


def open_roll_file(folder: Folder, settings: Settings) -> RollFile:
    """The copy of a terminal for whoever only looks: what the hub would have to release stays closed."""
    keys = RollKeys(folder, AtRest(settings.protection.at_rest), os.environ)
    return RollFile(folder.roll, keys, settings.terminal)


def _split(raw: bytes) -> tuple[AtRest, bytes]:
    """Protection and content. A file of the first form has no such line and lies under `none`."""
    line, found, locked = raw.partition(b"\n")
    word = line.removeprefix(_MARK).decode("ascii", "replace")
    if not found or not line.startswith(_MARK) or word not in AtRest._value2member_map_:
        return AtRest.NONE, raw
    return AtRest(word), locked


def _decoded(plain: bytes) -> StoredRoll:
    try:
        stored = msgspec.msgpack.decode(plain, type=StoredRoll)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise WireError(Refusal.MALFORMED, "The roll copy does not have the form of this version.") from None
    if stored.form not in _FORMS:
        raise WireError(Refusal.WRONG_VERSION, f"The roll copy has form {stored.form}, not {FORM}.")
    return stored


_LOCKED = {
    AtRest.HUB_RELEASED: (
        "The roll copy is locked until the hub gives its half of the key. Look at the connection to the hub; "
        "until then everybody is referred to an officer."
    ),
    AtRest.TPM: (
        "The roll copy is locked: its key did not come from this machine's TPM. Start the terminal as its unit does, "
        "or choose again: pims-edge protect. The hub sends the roll anew when it is there."
    ),
}
