"""How long each step of the start takes, for the log: a gate is shut meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stages:
    """`now` is monotonic, in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began = now()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times the block."""
        began = self._now()
        yield
        self.seconds[f"{name}_s"] = round(self._now() - began, 2)

    def since_start_s(self) -> float:
        return round(self._now() - self._began, 2)
