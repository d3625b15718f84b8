"""How often something that goes on by itself is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta


def is_over(last: datetime | None, pause: timedelta, now: datetime) -> bool:
    """Whether so long passed since `last`. Never before counts as so long, and so does a clock that was set back:
    else whoever looks would wait for as long as it was set back."""
    return last is None or not timedelta(0) <= now - last < pause
