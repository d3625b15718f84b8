"""Keeping the roll at the turn of each day, by a process that runs anyway; days it was down are kept later."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from hub.accounts.audit import Actor
from hub.database import Sessions
from hub.logs import log
from hub.statistics.snapshots.keeping import SETTLED, keep_missing

LOOK_EVERY: Final = timedelta(minutes=5)
STEADY: Final = timedelta(minutes=1)
"""A clock that goes farther from the time that passed was set anew."""
HUB: Final = Actor("hub", "")

_log = logging.getLogger("hub.statistics")


class SnapshotDesk:
    """One thread calls `tick`: a day at a time, the oldest missing one first, at once while more are missing.

    A kept roll is for good. So after the clock was set anew nothing is kept for ten minutes: one that jumped ahead by
    mistake and is put right soon would otherwise leave rolls of days that never were.
    """

    def __init__(self, sessions: Sessions, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sessions = sessions
        self._monotonic = monotonic
        self._looked_at: datetime | None = None
        self._began: datetime | None = None
        self._rests_until_s: float | None = None

    def tick(self, now: datetime) -> int:
        """Gives how many rolls were kept."""
        if self._clock_unsteady(now):
            return 0
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        day, missing = keep_missing(self._sessions, actor=HUB, at=now)
        if day is None:
            return 0
        if missing:
            self._looked_at = None
        log(_log, logging.INFO, "the roll of a day was kept", day=day.isoformat(), still_missing=missing)
        return 1

    def _clock_unsteady(self, now: datetime) -> bool:
        """Whether the clock was set within the last ten minutes, by the time that passed since."""
        passed_s = self._monotonic()
        began = now - timedelta(seconds=passed_s)
        if self._began is not None and abs(began - self._began) > STEADY:
            self._rests_until_s = passed_s + SETTLED.total_seconds()
            log(_log, logging.WARNING, "the clock was set anew, no roll is kept for ten minutes")
        self._began = began
        if self._rests_until_s is not None and passed_s >= self._rests_until_s:
            self._rests_until_s = None
        return self._rests_until_s is not None
