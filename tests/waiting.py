"""Waiting for what another process does, with an end to the patience."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 45.0


def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> bool:
    """Whether `condition` came true in time; asked 50 times a second."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
