"""Officers' fingers go when their duty here ends: looked for by itself, because nobody remembers to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.accounts.audit import Actor
from hub.biometrics.officers import end_of_duty, off_duty
from hub.database import Sessions, session_scope

JOB: Final = Actor("retention", "hub")
EVERY: Final = timedelta(seconds=10)


class DutyWatch:
    """One thread calls `tick`. Two at once delete the same, once."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """How many officers' fingers were deleted."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < EVERY:
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            if not off_duty(session):
                return 0
        with session_scope(self._sessions) as session:
            return end_of_duty(session, actor=JOB, at=now)
