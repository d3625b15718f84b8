"""How long a listener's thread waits for the other end of a line. What the hub itself takes is no waiting.

A thread is held by whoever is slow to say what is wanted, to send what belongs to it, or to take the answer. Threads
are few, and pages, screens and calls of others need them. An open screen holds one too, but by its own right: it waits
for the hub, and the hub for it only while a line of news is being taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

SLOWEST_BYTES_S: Final = 16 * 1024
"""Whoever sends or takes less in a second than this is waited for no longer than for a small thing."""


@dataclass(frozen=True)
class Limits:
    """`head_s` from the first byte of a connection or call to the end of its headers, `part_s` for each part of a body
    or an answer besides the time that its length takes, `whole_s` for a call from its first byte to the last of its
    answer, None: as long as it likes. While `pressed` threads wait at one time, the three that begin so hold instead.
    """

    pressed: int
    head_s: float = 10.0
    part_s: float = 10.0
    whole_s: float | None = None
    pressed_head_s: float = 1.0
    pressed_part_s: float = 2.0
    pressed_whole_s: float | None = None


@dataclass
class _Underway:
    connection: Any
    since_s: float
    waits_since_s: float | None
    allowed: str = "head"
    size: int = 0


@dataclass
class Patience:
    """Which threads wait for the other end, and since when; `late` are the connections to be ended."""

    limits: Limits
    _held: dict[int, _Underway] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, connection: Any, at_s: float) -> None:
        """A thread begins to wait for the headers of a call."""
        with self._lock:
            self._held[id(connection)] = _Underway(connection, at_s, at_s)

    def works(self, connection: Any) -> None:
        """All that was waited for is there: the hub works on it."""
        with self._lock:
            self._held[id(connection)].waits_since_s = None

    def waits(self, connection: Any, at_s: float, size: int) -> None:
        """The thread waits until the other end has sent, or taken, so many bytes."""
        with self._lock:
            one = self._held[id(connection)]
            one.waits_since_s, one.allowed, one.size = at_s, "part", size

    def end(self, connection: Any) -> None:
        """The thread is free again."""
        with self._lock:
            del self._held[id(connection)]

    def late(self, at_s: float) -> list[Any]:
        """Connections that have been waited for too long; the more threads wait, the sooner."""
        with self._lock:
            waiting = sum(one.waits_since_s is not None for one in self._held.values())
            pressed = waiting >= self.limits.pressed
            return [one.connection for one in self._held.values() if self._late(one, at_s, pressed=pressed)]

    def _late(self, one: _Underway, at_s: float, *, pressed: bool) -> bool:
        limits = self.limits
        whole_s = limits.pressed_whole_s if pressed else limits.whole_s
        if whole_s is not None and at_s - one.since_s > whole_s:
            return True
        if one.waits_since_s is None:
            return False
        if one.allowed == "head":
            allowed_s = limits.pressed_head_s if pressed else limits.head_s
        else:
            allowed_s = limits.pressed_part_s if pressed else limits.part_s
            allowed_s += one.size / SLOWEST_BYTES_S
        return at_s - one.waits_since_s > allowed_s
