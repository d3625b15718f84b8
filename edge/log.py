"""Log lines: one JSON object a line, so that machines can count them and people can search them.

What is logged are words and figures of our own: never a name, a person number, a template or bytes of a message.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

Fact = str | int | float | bool | None


class Log:
    """Writes `event` with its facts. Safe to use from every thread; a closed stream stops nothing."""

    def __init__(
        self, part: str, stream: TextIO | None = None, now: Callable[[], datetime] | None = None
    ) -> None:
        self._part = part
        self._stream = stream or sys.stderr
        self._now = now or (lambda: datetime.now(UTC))
        self._lock = threading.Lock()

    def of(self, part: str) -> Log:
        """The same stream for another part of the terminal."""
        other = Log(part, self._stream, self._now)
        other._lock = self._lock
        return other

    def info(self, event: str, **facts: Fact) -> None:
        self._write("info", event, facts)

    def warning(self, event: str, **facts: Fact) -> None:
        self._write("warning", event, facts)

    def error(self, event: str, **facts: Fact) -> None:
        self._write("error", event, facts)

    def _write(self, level: str, event: str, facts: dict[str, Fact]) -> None:
        line = {"at": self._now().isoformat(timespec="milliseconds"), "level": level, "part": self._part}
        text = json.dumps({**line, "event": event, **facts})
        with self._lock:
            try:
                self._stream.write(text + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                return  # nobody can be told that nobody can be told; the gate goes on
