"""When to try again, and when to give up. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

GIVE_UP: Final = timedelta(days=7)
"""Longer than a long weekend without power at the other end; afterwards a person decides."""
OF_AGENCY: Final = (timedelta(seconds=5), timedelta(minutes=15))
"""First and longest pause when a receiver cannot be reached: it is tried with one request, so often is no burden."""
OF_EVENT: Final = (timedelta(seconds=30), timedelta(hours=1))
"""The same for one event that the receiver does not take, while it takes others."""
LONGEST_ASKED: Final = timedelta(hours=6)
"""A receiver may ask for a pause (Retry-After); a longer one would look like a failure that nobody sees."""


def pause(
    failures: int,
    bounds: tuple[timedelta, timedelta],
    chance: Callable[[], float],
    asked_s: int | None = None,
) -> timedelta:
    """Twice as long after each failure (1, 2, ...), a fifth of it by chance either way, so that not all come at once.

    `chance` gives 0 to 1. A receiver's own wish is kept where it is longer.
    """
    first, longest = bounds
    doubled = min(longest, first * (1 << min(failures - 1, 20)))
    wait = doubled * (0.8 + 0.4 * chance())
    if asked_s is not None:
        wait = max(wait, min(LONGEST_ASKED, timedelta(seconds=asked_s)))
    return wait


def given_up(since_at: datetime, now: datetime) -> bool:
    """Whether an event has waited for as long as it is tried."""
    return now - since_at >= GIVE_UP
