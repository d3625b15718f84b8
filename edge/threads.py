"""The agent's helper threads: one that dies or hangs is said aloud and ends the process, which is then started again.

A thread shows that it lives by a beat at every turn of its loop. Nothing outside the process, and least of all the
hub's absence, has any part in it.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

from edge.log import Log


class Beat:
    """One thread's sign of life, which may be silent for `allowed_s`. Call it at every turn."""

    def __init__(self, name: str, allowed_s: float, now: Callable[[], float]) -> None:
        self.name = name
        self._allowed_s = allowed_s
        self._now = now
        self._last: float | None = now()

    def __call__(self) -> None:
        self._last = self._now()

    def rest(self) -> None:
        """Before waiting for work without end, and at the end: silence is in order until the next call."""
        self._last = None

    def is_overdue(self) -> bool:
        last = self._last
        return last is not None and self._now() - last > self._allowed_s


class Threads:
    """Starts threads that are to live until the end, and knows the beats of all."""

    def __init__(self, log: Log, now: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._now = now
        self._threads: list[threading.Thread] = []
        self._beats: list[Beat] = []
        self._dead = threading.Event()

    def beat(self, name: str, allowed_s: float) -> Beat:
        """A beat to be watched from now on."""
        made = Beat(name, allowed_s, self._now)
        self._beats.append(made)
        return made

    def start(self, name: str, body: Callable[[], None], beat: Beat | None = None) -> None:
        """Runs `body` in a thread called `name`; an exception out of it counts as its death.

        With `beat`, which the body gives at every turn, it is watched until it returns.
        """
        thread = threading.Thread(target=self._guarded, args=(name, body, beat), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def all_live(self) -> bool:
        """False as soon as one of them died."""
        return not self._dead.is_set()

    def overdue(self) -> list[str]:
        """Names of those that have been silent for longer than they may."""
        return [beat.name for beat in self._beats if beat.is_overdue()]

    def join(self, timeout_s: float) -> None:
        """Waits at most `timeout_s` for each to end."""
        for thread in self._threads:
            thread.join(timeout_s)

    def _guarded(self, name: str, body: Callable[[], None], beat: Beat | None) -> None:
        try:
            body()
        except Exception as error:  # noqa: BLE001 - whatever it was, the process ends because of it
            # Where it broke, and of what kind; never the message, which may hold what was being handled.
            places = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{place.name}:{place.lineno}" for place in reversed(places[-4:]))
            self._log.error("thread_died", thread=name, kind=type(error).__name__, where=where)
            self._dead.set()
        finally:
            if beat is not None:
                beat.rest()
