"""The agent's helper threads: one that dies is said aloud and ends the process, which is then started again."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

from edge.log import Log


class Threads:
    """Starts threads that are to live until the end."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._threads: list[threading.Thread] = []
        self._dead = threading.Event()

    def start(self, name: str, body: Callable[[], None]) -> None:
        """Runs `body` in a thread called `name`; an exception out of it counts as its death."""
        thread = threading.Thread(target=self._guarded, args=(name, body), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def all_live(self) -> bool:
        """False as soon as one of them died."""
        return not self._dead.is_set()

    def join(self, timeout_s: float) -> None:
        """Waits at most `timeout_s` for each to end."""
        for thread in self._threads:
            thread.join(timeout_s)

    def _guarded(self, name: str, body: Callable[[], None]) -> None:
        try:
            body()
        except Exception as error:  # noqa: BLE001 - whatever it was, the process ends because of it
            # Where it broke, and of what kind; never the message, which may hold what was being handled.
            places = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{place.name}:{place.lineno}" for place in reversed(places[-4:]))
            self._log.error("thread_died", thread=name, kind=type(error).__name__, where=where)
            self._dead.set()
