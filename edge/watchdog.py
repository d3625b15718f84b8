"""Looks after every thread's beat. While all beat, systemd hears WATCHDOG=1; one that hangs ends the process.

A hung thread cannot be ended from inside, so the process is, at once: the journal is durable, relays fall to their
safe state when their lines are let go, and whoever supervises us starts a whole terminal.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from edge.log import Log
from edge.notify import Notify
from edge.threads import Threads

LOOK_S = 1.0
HUNG = 1
"""Exit status, the same as for a thread that died."""


class Watchdog:
    """`run` is the body of a thread. `end` is what ends the process when a thread hangs."""

    def __init__(
        self, threads: Threads, notify: Notify, log: Log, *, end: Callable[[int], object] = os._exit
    ) -> None:
        self._threads = threads
        self._notify = notify
        self._log = log
        self._end = end
        self._stopping = threading.Event()

    def run(self) -> None:
        """Returns after `stop`."""
        period_s = min(LOOK_S, self._notify.period_s() or LOOK_S)
        while not self._stopping.wait(period_s):
            self.look()

    def look(self) -> None:
        """One look: says that we live, or ends us."""
        hung = self._threads.overdue()
        if not hung and self._threads.all_live():
            self._notify.alive()
        elif hung:
            self._log.error("thread_hung", threads=", ".join(hung), say="It is ended and started again.")
            self._notify.status(f"Hung: {', '.join(hung)}")
            self._end(HUNG)

    def stop(self) -> None:
        self._stopping.set()
