"""Secrets of second factors at rest: sealed with a key of the hub that lies outside the database."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from wire.sealing import lock_at_rest, unlock_at_rest

KEY_BYTES: Final = 32


class FactorSeal:
    """Seals and opens with the hub's 32-byte key for factors; ValueError for another length."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("The key of second factors has 32 bytes.")
        self._key = key

    def __repr__(self) -> str:
        return "FactorSeal()"

    def seal(self, secret: bytes, account_id: int) -> bytes:
        """The secret, readable only with this key and for this account."""
        return lock_at_rest(secret, self._key, f"factor {account_id}")

    def open(self, sealed: bytes, account_id: int) -> bytes:
        """WireError when it was sealed with another key or for another account."""
        return unlock_at_rest(sealed, self._key, f"factor {account_id}")

    def fingerprint(self, code: str, account_id: int) -> bytes:
        """32 bytes by which a printed code is known again; without the key a stolen table cannot be searched."""
        return hmac.new(self._key, f"recovery {account_id} {code}".encode(), hashlib.sha256).digest()
