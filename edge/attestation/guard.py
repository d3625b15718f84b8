"""How many wrong PINs are too many: slower with each, then locked for minutes. Pure; times in seconds of one clock."""

from __future__ import annotations

from collections import deque

PAUSES_S = (0.0, 0.0, 5.0, 20.0)
"""Pause after the first, second ... wrong PIN of one officer in a row; after that LOCK_S each."""

LOCK_S = 300.0
MOST_AT_TERMINAL = 10
WINDOW_S = 600.0
"""So many wrong PINs within so long lock the page for everybody: then somebody tries officers in turn."""


class PinGuard:
    """Counts wrong PINs of each officer, and of the terminal."""

    def __init__(self) -> None:
        self._wrong: dict[str, int] = {}
        self._free_at: dict[str, float] = {}
        self._everybody: deque[float] = deque(maxlen=MOST_AT_TERMINAL)
        self._all_free_at = 0.0

    def wait_s(self, login: str, now: float) -> float:
        """Seconds until this officer may try again, 0 when at once."""
        return max(0.0, self._free_at.get(login, 0.0) - now, self._all_free_at - now)

    def wrong(self, login: str, now: float) -> int:
        """Notes a wrong PIN; how many in a row of this officer."""
        count = self._wrong[login] = self._wrong.get(login, 0) + 1
        self._free_at[login] = now + (PAUSES_S[count - 1] if count <= len(PAUSES_S) else LOCK_S)
        self._everybody.append(now)
        if len(self._everybody) == MOST_AT_TERMINAL and now - self._everybody[0] <= WINDOW_S:
            self._all_free_at = now + LOCK_S
        return count

    def right(self, login: str) -> None:
        """The right PIN: this officer's count begins anew. The terminal's does not."""
        self._wrong.pop(login, None)
        self._free_at.pop(login, None)

    def is_locked(self, login: str, now: float) -> bool:
        """Whether the wait is one of minutes, which somebody should hear of."""
        return self.wait_s(login, now) > max(PAUSES_S)
