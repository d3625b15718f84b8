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
        self._open = {house.gate.checkpoint: threading.Event() for house in gates}
        self._free = {house.gate.checkpoint: threading.Lock() for house in gates}
        self._kept: Counter[str] = Counter()
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

    def close_gate(self, house: Gatehouse) -> None:
        """Nobody goes to a gate whose terminal is dark."""
        self._open[house.gate.checkpoint].clear()

    def open_gate(self, house: Gatehouse) -> None:
        self._open[house.gate.checkpoint].set()

    def clear_gate(self, house: Gatehouse) -> None:
        """Closes it, and waits until nobody stands there any more."""
        self.close_gate(house)
        with self._free[house.gate.checkpoint]:
            return

    def keep_for(self, terminal: str, scans: int) -> None:
        """So many of the scans still to be made are for this terminal, which may not be at any gate yet."""
        with self._lock:
            self._kept[terminal] = scans

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
            gate = house.gate.checkpoint
            self._open[gate].wait()
            with self._free[gate]:
                if self._stopping.is_set():
                    return
                if not self._open[gate].is_set():
                    continue
                walker = self._next(house)
                if walker is None:
                    return
                self._send(house, walker)

    def _send(self, house: Gatehouse, walker: Walker) -> None:
        try:
            scan = house.scan(walker, lambda: self._touch(walker.index))
        finally:
            with self._lock:
                self._busy.discard(walker.index)
        if scan.result == INTERRUPTED:
            self._retry[house.gate.checkpoint] = walker

    def _touch(self, index: int) -> int:
        with self._lock:
            self._touches[index] += 1
            return self._touches[index]

    def _next(self, house: Gatehouse) -> Walker | None:
        """Who comes next, None when enough were made. Whoever was interrupted here comes back first."""
        with self._lock:
            again = self._retry.pop(house.gate.checkpoint, None)
            terminal = house.gate.terminal
            others = self._kept.total() - self._kept[terminal]
            if self._left is not None and self.made + others >= self._left:
                return None
            self._kept[terminal] = max(0, self._kept[terminal] - 1)
            walker = again if again is not None and again.index not in self._busy else self._choose(house)
            self.made += 1
            self._busy.add(walker.index)
            return walker

    def _choose(self, house: Gatehouse) -> Walker:
        wrong_door = self._rng.random() < _WRONG_DOOR
        free = [walker for walker in self._cast if walker.index not in self._busy]
        fitting = [w for w in free if (house.gate.to_zone not in w.zones) == wrong_door]
        return self._rng.choice(fitting or free)
