"""Being told to stop, by SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import time

SLICE_S = 0.1


class Stop:
    """Remembers that a stop was asked for. A plain flag: a lock taken in a signal handler can wait for itself."""

    def __init__(self) -> None:
        self.asked = False

    @classmethod
    def on_signals(cls) -> Stop:
        """A stop that SIGTERM and SIGINT ask for from now on; to be called in the main thread."""
        stop = cls()

        def ask(_number: int, _frame: object) -> None:
            stop.asked = True

        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
        return stop

    def wait(self, seconds: float) -> bool:
        """Sleep for so long, or until a stop is asked for; True when it was."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, SLICE_S))
        return self.asked
