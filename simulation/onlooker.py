"""Somebody before the control room's screen: an HTTP client that signs in and notes when each event arrives."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from simulation.visitor import Visitor


@dataclass(frozen=True)
class Arrival:
    """`at` is the wall clock when the event was here, in seconds; `late` says that it was told as history."""

    key: tuple[str, str, int]
    at: float
    late: bool = False


class Onlooker(Visitor):
    """Keeps the event stream open, comes back after each break, and resumes by the last event's id."""

    def __init__(self, port: int, login: str, password: str) -> None:
        super().__init__(port, login, password)
        self._last_id = ""
        self._stopping = threading.Event()
        self.arrivals: list[Arrival] = []
        self._summed: dict[tuple[str, str], int] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self.sign_in()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def sign_in(self) -> None:
        super().sign_in()
        self.read("/control-room")

    def cookies(self) -> str:
        """Signs in, and gives the cookies for a stream of one's own."""
        self.sign_in()
        return self.headers()["Cookie"]

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._stream()
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)  # the hub is being restarted: come back

    def _stream(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        headers = self.headers() | ({"Last-Event-ID": self._last_id} if self._last_id else {})
        connection.request("GET", "/control-room/events", headers=headers)
        answer = connection.getresponse()
        try:
            while not self._stopping.is_set():
                line = answer.readline()
                if not line:
                    return
                self._read(line.decode().rstrip("\r\n"))
        finally:
            connection.close()

    def _read(self, line: str) -> None:
        if line.startswith("id:"):
            self._last_id = line[3:].strip()
        elif line.startswith("data:"):
            event = json.loads(line[5:])
            if isinstance(event, dict):
                self._note(event)

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("sequence") is not None:
            key = (str(event["terminal"]), str(event["journal"]), int(event["sequence"]))
            self.arrivals.append(Arrival(key, time.time(), event.get("late") is True))
        elif event.get("kind") == "late":
            self._note_sum(event)

    def _note_sum(self, event: dict[str, Any]) -> None:
        """Entries that came summed up: those of each journal that were not here before."""
        for row in event["terminals"]:
            journal = (str(row["terminal"]), str(row["journal"]))
            first = max(int(row["first_sequence"]), self._summed.get(journal, 0) + 1)
            last = int(row["last_sequence"])
            self._summed[journal] = max(last, self._summed.get(journal, 0))
            self.arrivals += [
                Arrival((*journal, one), time.time(), late=True) for one in range(first, last + 1)
            ]
