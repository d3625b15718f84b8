"""Looking for the same finger in two persons: a few fingers at a time, each once, beside all other work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.same_fingers import same_fingers
from hub.biometrics.vault import Vault
from hub.custody.merging.actions import BY_FINGER, suspect
from hub.database import Sessions, session_scope
from hub.docket.records import FingerSearch
from hub.pace import is_over

AT_ONCE: Final = 10
EVERY: Final = timedelta(seconds=2)
"""Between two lots, so that whoever waits at an enrolment desk is served first."""
_DOCKET: Final = Actor("docket", "hub")


class FingerDesk:
    """Puts two files before officers as perhaps one person's. Two desks at once ask the same only once."""

    def __init__(self, sessions: Sessions, vault: Vault, search: DuplicateSearch | None = None) -> None:
        self._sessions = sessions
        self._vault = vault
        self._search = search or DuplicateSearch(vault, sessions)
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Search the next fingers; gives how many pairs of files are new."""
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        # Whatever is found elsewhere in this process is then looked for among all.
        self._search.refresh()
        with session_scope(self._sessions, writes=False) as session:
            after = searched_until(session)
            found = same_fingers(session, self._vault, self._search, after, AT_ONCE)
        if found.until_id == after:
            return 0
        with session_scope(self._sessions) as session:
            new = [
                suspect(session, one, other, found_by=BY_FINGER, actor=_DOCKET, at=now)
                for one, other in found.pairs
            ]
            session.add(FingerSearch(finger_id=found.until_id, searched_at=now))
        return sum(1 for case in new if case is not None)


def searched_until(session: Session) -> int:
    """The highest finger that was searched, 0 before the first."""
    return session.scalar(select(func.max(FingerSearch.finger_id))) or 0
