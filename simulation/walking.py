"""People walking about: one thread a gate, each sending the next person to it until enough scans were made."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

from simulation.gatehouse import Gatehouse
from simulation.people import Walker
from simulation.truth import INTERRUPTED

_WRONG_DOOR = 0.12
"""Share of walks to a door that the person may not pass, so that refusals happen."""


class Walking:
    """Walks until `scans` were made (None: until stopped). Nobody is at two gates at once."""

    def __init__(self, gates: list[Gatehouse], cast: list[Walker], scans: int | None, seed: int) -> None:
        self._gates = gates
        self._cast = cast
        self._left = scans
        self._rng = random.Random(seed)
        self._lock = threading.Lock()
        self._busy: set[int] = set()
        self._retry: dict[str, Walker] = {}
        self._touches: Counter[int] = Counter()
        self._stopping = threading.Event()
        self._open: dict[str, threading.Event] = {house.gate.terminal: threading.Event() for house in gates}
        self._threads = [threading.Thread(target=self._work, args=(house,), daemon=True) for house in gates]
        self.made = 0
        self._failure: Exception | None = None
        self.pause_s: Callable[[], float] = lambda: 0.0

    def start(self) -> None:
        for event in self._open.values():
            event.set()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends after the scans now under way."""
        self._end()
        self.join()

    def join(self, timeout_s: float | None = None) -> bool:
        """Whether all walking has ended within `timeout_s` a gate; raises what went wrong at one."""
        for thread in self._threads:
            thread.join(timeout_s)
        if self._failure is not None:
            raise self._failure
        return not any(thread.is_alive() for thread in self._threads)

    def close_gate(self, terminal: str) -> None:
        """Nobody goes to a gate whose terminal is dark."""
        self._open[terminal].clear()

    def open_gate(self, terminal: str) -> None:
        self._open[terminal].set()

    def _end(self) -> None:
        self._stopping.set()
        for event in self._open.values():
            event.set()

    def _work(self, house: Gatehouse) -> None:
        try:
            self._send_people(house)
        except Exception as error:  # noqa: BLE001 - carried to the caller of join
            self._failure = error
            self._end()

    def _send_people(self, house: Gatehouse) -> None:
        while not self._stopping.wait(self.pause_s()):
            self._open[house.gate.terminal].wait()
            if self._stopping.is_set():
                return
            walker = self._next(house)
            if walker is None:
                return
            try:
                scan = house.scan(walker, lambda walker=walker: self._touch(walker.index))  # type: ignore[misc]
            finally:
                with self._lock:
                    self._busy.discard(walker.index)
            if scan.result == INTERRUPTED:
                self._retry[house.gate.terminal] = walker

    def _touch(self, index: int) -> int:
        with self._lock:
            self._touches[index] += 1
            return self._touches[index]

    def _next(self, house: Gatehouse) -> Walker | None:
        """Who comes next, None when enough were made. Whoever was interrupted here comes back first."""
        with self._lock:
            again = self._retry.pop(house.gate.terminal, None)
            if self._left is not None and self.made >= self._left:
                return None
            walker = again if again is not None and again.index not in self._busy else self._choose(house)
            self.made += 1
            self._busy.add(walker.index)
            return walker

    def _choose(self, house: Gatehouse) -> Walker:
        wrong_door = self._rng.random() < _WRONG_DOOR
        free = [walker for walker in self._cast if walker.index not in self._busy]
        fitting = [w for w in free if (house.gate.to_zone not in w.zones) == wrong_door]
        return self._rng.choice(fitting or free)
