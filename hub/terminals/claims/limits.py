"""How often strangers may knock: what is public must not be a way to keep the hub busy."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime
from typing import Final

WINDOW_S: Final = 60
PER_ADDRESS: Final = 300
"""Questions a minute from one address: thirty terminals behind it that ask every two seconds would be refused a third
of the time, and ask again."""
PER_ALL: Final = 1_200


class KnockLimit:
    """Counts knocks in whole minutes. One process serves the pages, so memory is enough."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = -1
        self._knocks: Counter[str] = Counter()

    def allows(self, address: str, now: datetime) -> bool:
        """Whether one more knock from there is answered; counts it."""
        window = int(now.timestamp()) // WINDOW_S
        with self._lock:
            if window != self._window:
                self._window = window
                self._knocks.clear()
            # Refused knocks add no addresses, so the table is bounded by what all together may ask.
            if self._knocks.total() >= PER_ALL or self._knocks[address] >= PER_ADDRESS:
                return False
            self._knocks[address] += 1
            return True
