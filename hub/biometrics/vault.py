"""The vault: each person's fingers are locked with a key of their own, and that key with the vault's.

Deleting the one small row of a person's key makes every template and image of that person unreadable, in backups
of the large tables too: deletion that can be proved without finding every copy.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.biometrics.records import PersonKey
from wire.sealing import lock_at_rest, unlock_at_rest

KEY_BYTES: Final = 32


class Vault:
    """Opens person keys with the vault's 32-byte key; ValueError for another length."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("The vault key has 32 bytes.")
        self._key = key

    def __repr__(self) -> str:
        return "Vault()"

    def derive(self, purpose: str) -> bytes:
        """32 bytes for another key of this hub, from which the vault's own cannot be told."""
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"pims {purpose}".encode()).derive(self._key)

    def lock(self, plain: bytes, place: str) -> bytes:
        """Lock what belongs to nobody's file yet; it opens at no other `place`."""
        return lock_at_rest(plain, self._key, f"unfiled {place}")

    def unlock(self, locked: bytes, place: str) -> bytes:
        """Reverse of `lock`; WireError UNSEALABLE when it was changed or moved."""
        return unlock_at_rest(locked, self._key, f"unfiled {place}")

    def person_key(self, session: Session, person_id: int) -> PersonLock | None:
        """The lock of somebody, None when there is none: never enrolled, or shredded."""
        row = session.get(PersonKey, person_id)
        return None if row is None else self.open_key(row)

    def open_key(self, row: PersonKey) -> PersonLock:
        """Lock of a stored key; WireError UNSEALABLE when the vault key is not the one that wrapped it."""
        return PersonLock(row.person_id, unlock_at_rest(row.wrapped, self._key, _context(row.person_id)))

    def make_person_key(self, session: Session, person_id: int, *, at: datetime) -> PersonLock:
        """The lock of somebody, made when there is none yet."""
        present = self.person_key(session, person_id)
        if present is not None:
            return present
        lock, wrapped = self.new_key(person_id)
        session.add(PersonKey(person_id=person_id, wrapped=wrapped, created_at=at))
        return lock

    def new_key(self, person_id: int) -> tuple[PersonLock, bytes]:
        """A lock for somebody who has none, and the key as the person's row keeps it: the caller adds that row."""
        key = os.urandom(KEY_BYTES)
        return PersonLock(person_id, key), lock_at_rest(key, self._key, _context(person_id))


class PersonLock:
    """Locks and unlocks what belongs to one person; what belongs to another place does not open."""

    def __init__(self, person_id: int, key: bytes) -> None:
        self._person_id = person_id
        self._key = key

    def lock(self, plain: bytes, what: str, position: int, impression: int) -> bytes:
        """`what` is "template" or "image"; of a photo "photo" or "small photo", which has position 0."""
        return lock_at_rest(plain, self._key, self._place(what, position, impression))

    def unlock(self, locked: bytes, what: str, position: int, impression: int) -> bytes:
        """Reverse of `lock`; WireError UNSEALABLE when it was changed or moved."""
        return unlock_at_rest(locked, self._key, self._place(what, position, impression))

    def _place(self, what: str, position: int, impression: int) -> str:
        return f"{what} {self._person_id} {position} {impression}"


def shred_person(session: Session, person_id: int) -> None:
    """Throw away the person's key: templates and images of that person can never be read again."""
    session.execute(delete(PersonKey).where(PersonKey.person_id == person_id))


def _context(person_id: int) -> str:
    return f"person key {person_id}"
