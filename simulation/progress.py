"""What the demo says while it goes on."""

from __future__ import annotations

import sys
import time


class Progress:
    """One line a step, with the seconds since the start; a step that counts up rewrites its line on a console."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._open_line = False

    def __call__(self, text: str) -> None:
        """A step that has begun."""
        self._end_line()
        print(f"[{time.monotonic() - self._started:6.1f} s] {text}", file=sys.stderr, flush=True)

    def counting(self, text: str) -> None:
        """A figure that changes often."""
        if sys.stderr.isatty():
            self._open_line = True
            print(
                f"\r\033[K[{time.monotonic() - self._started:6.1f} s] {text}",
                end="",
                file=sys.stderr,
                flush=True,
            )

    def _end_line(self) -> None:
        if self._open_line:
            print(file=sys.stderr)
            self._open_line = False
