"""How far the work is, on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TextIO

SECONDS_BETWEEN_LINES: Final = 5.0
"""Where stderr is a file or a pipe, a line now and then shows that work goes on."""
SECONDS_BETWEEN_BARS: Final = 0.1
BAR: Final = 24


class Progress:
    """A bar with the time left where a person looks on, otherwise a plain line every few seconds."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._looked_at = stream.isatty()

    def follow(self, items: Iterable[Any], what: str, count: int) -> Iterator[Any]:
        """The items; counts each as done when the next is asked for."""
        started = shown = self._clock()
        pause = SECONDS_BETWEEN_BARS if self._looked_at else SECONDS_BETWEEN_LINES
        for done, item in enumerate(items, 1):
            yield item
            now = self._clock()
            if now - shown >= pause:
                shown = now
                self._show(what, done, count, now - started)
        if self._looked_at:
            self._stream.write(f"\r\033[K{what}: {count} done in {_duration(self._clock() - started)}\n")
            self._stream.flush()

    def _show(self, what: str, done: int, count: int, seconds: float) -> None:
        share = min(1.0, done / max(1, count))
        left = _duration(seconds * (1 - share) / share) if share else "unknown"
        text = f"{100 * share:3.0f} %, {left} left"
        if self._looked_at:
            full = round(BAR * share)
            self._stream.write(f"\r\033[K{what} [{'#' * full}{'.' * (BAR - full)}] {text}")
        else:
            self._stream.write(f"{what}: {done} of {count}, {text}\n")
        self._stream.flush()


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
