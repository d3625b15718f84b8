"""Argon2id hashes. Few are reckoned at once, so that a flood of sign-ins cannot take the memory."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 2


class Passwords:
    """Hashes and verifies; the default cost is RFC 9106's second recommendation (64 MiB, three passes)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.BoundedSemaphore(_AT_ONCE)
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """Encoded Argon2id hash with its own salt."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, encoded: str | None, password: str) -> bool:
        """Whether `password` is the one behind `encoded`; None takes the same time and is always false."""
        if encoded is None:
            if self._nobody is None:
                self._nobody = self.hash("nobody has this password")
            self._matches(self._nobody, password)
            return False
        return self._matches(encoded, password)

    def _matches(self, encoded: str, password: str) -> bool:
        with self._turn:
            try:
                return self._hasher.verify(encoded, password)
            except (VerificationError, InvalidHashError):
                return False
