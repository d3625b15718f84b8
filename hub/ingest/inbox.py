"""Between the broker's thread and the database's: bounded, never in anybody's way, and live before backlog."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from hub.ingest.doorkeeper import Delivery
from wire.journal import says_historical

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_DELIVERIES: Final = 50_000
SHORT_BYTES: Final = 64 * 1024
"""A short turn of the backlog: one batch of the largest, some hundred entries."""
SHORT_TURNS: Final = 32
"""So many turns of the backlog are short after something live came: another one may come while they are written."""


class Inbox:
    """Deliveries in order of arrival, in two lanes. What does not fit is turned away: its terminal sends it again.

    Terminals that come back after a day bring hundreds of batches at once. While both wait, a turn of the live lane
    follows each of the backlog's: neither the screen waits for a day to be taken in, nor the day for a quiet hour.
    """

    def __init__(self, max_deliveries: int = MAX_DELIVERIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_deliveries = max_deliveries
        self._max_bytes = max_bytes
        self._live: deque[Delivery] = deque()
        self._backlog: deque[Delivery] = deque()
        self._backlogs_turn = False
        self._short_turns = 0
        self._bytes = 0
        self._turned_away = 0
        self._arrival = threading.Condition()

    def put(self, delivery: Delivery) -> bool:
        """Add one at once; False when there is no room. Raises nothing."""
        lane = self._backlog if says_historical(delivery.raw) else self._live
        with self._arrival:
            if self._count() >= self._max_deliveries or self._bytes >= self._max_bytes:
                self._turned_away += 1
                return False
            lane.append(delivery)
            if lane is self._live:
                self._short_turns = SHORT_TURNS
            self._bytes += len(delivery.raw)
            self._arrival.notify()
            return True

    def take(self, max_deliveries: int, max_bytes: int, timeout_s: float) -> list[Delivery]:
        """What has arrived of one lane, at least one if any is there within `timeout_s`, up to both limits."""
        with self._arrival:
            if not self._live and not self._backlog:
                self._arrival.wait(timeout_s)
            both = bool(self._live and self._backlog)
            backlog = self._backlogs_turn if both else bool(self._backlog)
            self._backlogs_turn = both and not backlog
            if not backlog:
                return self._taken(self._live, max_deliveries, max_bytes)
            short = self._short_turns > 0
            self._short_turns = max(0, self._short_turns - 1)
            return self._taken(
                self._backlog, max_deliveries, min(SHORT_BYTES, max_bytes) if short else max_bytes
            )

    def waiting(self) -> int:
        """How many were not taken yet."""
        with self._arrival:
            return self._count()

    def turned_away(self) -> int:
        """How many were turned away since the last call."""
        with self._arrival:
            count, self._turned_away = self._turned_away, 0
            return count

    def _count(self) -> int:
        return len(self._live) + len(self._backlog)

    def _taken(self, lane: deque[Delivery], max_deliveries: int, max_bytes: int) -> list[Delivery]:
        taken: list[Delivery] = []
        size = 0
        while lane and len(taken) < max_deliveries and size < max_bytes:
            delivery = lane.popleft()
            size += len(delivery.raw)
            taken.append(delivery)
        self._bytes -= size
        return taken
