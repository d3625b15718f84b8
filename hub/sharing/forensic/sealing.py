"""What agencies send and fetch, locked with a key of its own: the door to agencies need not hold the vault's."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from hub.terminals.errors import KeysError
from hub.terminals.key_files import read_private, write_private
from wire.sealing import lock_at_rest, unlock_at_rest

FILE: Final = "parcels.key"
KEY_BYTES: Final = 32


class ParcelSeal:
    """Locks bytes to a place; what belongs to another place does not open. ValueError for a key of another length."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("The key of parcels has 32 bytes.")
        self._key = key

    def __repr__(self) -> str:
        return "ParcelSeal()"

    def lock(self, plain: bytes, place: str) -> bytes:
        return lock_at_rest(plain, self._key, f"parcel {place}")

    def unlock(self, locked: bytes, place: str) -> bytes:
        """Reverse of `lock`; WireError UNSEALABLE when it was changed or moved."""
        return unlock_at_rest(locked, self._key, f"parcel {place}")


def parcel_seal(keys: Path | None) -> ParcelSeal:
    """The seal of this hub, its key made when there is none: what it locks lies here for days only.

    KeysError when the key is damaged or open to others. Without a folder of keys it is one that ends with the process.
    """
    if keys is None or not keys.is_dir():
        return ParcelSeal(os.urandom(KEY_BYTES))
    path = keys / FILE
    if not path.exists():
        with suppress(FileExistsError):  # another process of this hub was quicker
            write_private(path, os.urandom(KEY_BYTES))
    try:
        return ParcelSeal(read_private(path))
    except ValueError:
        raise KeysError(f"The key {path} is damaged. Delete it: agencies have to ask again.") from None
