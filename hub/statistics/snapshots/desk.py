"""Keeping the roll at the turn of each day, by a process that runs anyway."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.accounts.audit import Actor
from hub.database import Sessions
from hub.statistics.snapshots.keeping import keep_yesterday

LOOK_EVERY: Final = timedelta(minutes=5)
HUB: Final = Actor("hub", "")


class SnapshotDesk:
    """One thread calls `tick`. Yesterday is kept as soon as the process runs again; older days by the command."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Gives how many rolls were kept."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        return int(keep_yesterday(self._sessions, actor=HUB, at=now) is not None)
