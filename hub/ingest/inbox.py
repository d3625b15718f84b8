"""Between the broker's thread and the database's: bounded, and never in anybody's way."""

from __future__ import annotations

import threading
from collections import deque

from hub.ingest.doorkeeper import Delivery

MAX_BYTES = 64 * 1024 * 1024
MAX_DELIVERIES = 50_000


class Inbox:
    """Deliveries in order of arrival. What does not fit is turned away: its terminal sends it again."""

    def __init__(self, max_deliveries: int = MAX_DELIVERIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_deliveries = max_deliveries
        self._max_bytes = max_bytes
        self._waiting: deque[Delivery] = deque()
        self._bytes = 0
        self._turned_away = 0
        self._arrival = threading.Condition()

    def put(self, delivery: Delivery) -> bool:
        """Add one at once; False when there is no room. Raises nothing."""
        with self._arrival:
            full = len(self._waiting) >= self._max_deliveries or self._bytes >= self._max_bytes
            if full:
                self._turned_away += 1
                return False
            self._waiting.append(delivery)
            self._bytes += len(delivery.raw)
            self._arrival.notify()
            return True

    def take(self, max_deliveries: int, max_bytes: int, timeout_s: float) -> list[Delivery]:
        """What has arrived, at least one if any is there within `timeout_s`, up to both limits."""
        with self._arrival:
            if not self._waiting:
                self._arrival.wait(timeout_s)
            taken: list[Delivery] = []
            size = 0
            while self._waiting and len(taken) < max_deliveries and size < max_bytes:
                delivery = self._waiting.popleft()
                size += len(delivery.raw)
                taken.append(delivery)
            self._bytes -= size
            return taken

    def turned_away(self) -> int:
        """How many were turned away since the last call."""
        with self._arrival:
            count, self._turned_away = self._turned_away, 0
            return count
