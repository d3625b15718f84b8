"""Fingers that were handed in with a form that still has a mistake: kept, so that nobody gives them twice."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hub.biometrics.enrolment import PreparedFinger

KEPT_FOR: Final = timedelta(hours=1)
MOST_FORMS: Final = 32


@dataclass
class _Held:
    login: str
    until: datetime
    fingers: dict[int, PreparedFinger] = field(default_factory=dict)


class Holding:
    """In memory only and for an hour; each form opens only for the account that filled it in."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._turn = threading.Lock()

    def keep(self, token: str, login: str, fingers: Mapping[int, PreparedFinger], now: datetime) -> str:
        """Keep the fingers by their place in the form; gives the token, a new one when there was none."""
        with self._turn:
            self._forget_old(now)
            held = self._held.get(token)
            if held is None or held.login != login:
                token = secrets.token_urlsafe(16)
            self._held[token] = _Held(login, now + KEPT_FOR, dict(fingers))
            return token

    def look(self, token: str, login: str, now: datetime) -> dict[int, PreparedFinger]:
        """What is kept under the token for this account; empty when nothing is."""
        with self._turn:
            self._forget_old(now)
            held = self._held.get(token)
            return dict(held.fingers) if held is not None and held.login == login else {}

    def drop(self, token: str) -> None:
        """Throw it away."""
        with self._turn:
            self._held.pop(token, None)

    def _forget_old(self, now: datetime) -> None:
        old = [token for token, held in self._held.items() if held.until <= now]
        spare = sorted(self._held, key=lambda token: self._held[token].until)[
            : len(self._held) - MOST_FORMS + 1
        ]
        for token in {*old, *(spare if len(self._held) >= MOST_FORMS else ())}:
            del self._held[token]
