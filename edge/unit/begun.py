"""Counts that an officer has begun here: since when, and which of them nobody but this terminal knows of."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from edge.clock import Reading

OWN_SESSION = 0
"""A count begun without the hub's word: with a network that is down nobody need wait for an announcement."""


@dataclass(frozen=True)
class Begun:
    """Somebody started walking at `at`."""

    unit: str
    session: int
    recount: int
    officer: str
    at: Reading


class BegunCounts:
    """One of a unit at a time. In memory alone: after a restart the officer begins the walk again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: dict[str, Begun] = {}

    def begin(self, one: Begun) -> Begun:
        """What is begun now: another count of the unit gives way, the same one goes on."""
        with self._lock:
            held = self._begun.get(one.unit)
            if held is None or (held.session, held.recount) != (one.session, one.recount):
                self._begun[one.unit] = held = one
            return held

    def of(self, unit: str) -> Begun | None:
        with self._lock:
            return self._begun.get(unit)

    def end(self, unit: str) -> None:
        """The slip is signed, or the officer left it."""
        with self._lock:
            self._begun.pop(unit, None)

    def is_own(self, unit: str) -> bool:
        """Whether a count goes on that the hub has not announced."""
        found = self.of(unit)
        return found is not None and found.session == OWN_SESSION
