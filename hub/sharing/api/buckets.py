"""How often a client may call: a bucket of tokens for each, refilled evenly. Kept in the process, which is one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

CALLS: Final = 600
"""Calls that a client may make at once: what a full bucket holds."""
WINDOW_S: Final = 60.0
"""Time in which an empty bucket fills: ten calls a second for as long as one likes."""


@dataclass(frozen=True)
class Drawn:
    """`allowed`, what `remains`, and in how many whole seconds a call is possible (`retry_s`) or the bucket full."""

    allowed: bool
    remains: int
    retry_s: int
    full_s: int


@dataclass
class Buckets:
    """One bucket for each name; full ones are forgotten. Times are of a clock that only goes forward."""

    calls: int = CALLS
    window_s: float = WINDOW_S
    _level: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def draw(self, name: str, at_s: float) -> Drawn:
        """Take one call out of the bucket, if there is one."""
        rate = self.calls / self.window_s
        with self._lock:
            level, seen = self._level.get(name, (float(self.calls), at_s))
            level = min(float(self.calls), level + max(0.0, at_s - seen) * rate)
            allowed = level >= 1
            level -= 1 if allowed else 0
            self._level[name] = (level, at_s)
            if len(self._level) > 1000:
                self._forget(at_s)
        retry = 0 if level >= 1 else max(1, math.ceil((1 - level) / rate))
        return Drawn(allowed, int(level), retry, math.ceil((self.calls - level) / rate))

    def _forget(self, at_s: float) -> None:
        full = [name for name, (_, seen) in self._level.items() if at_s - seen > self.window_s]
        for name in full:
            del self._level[name]
