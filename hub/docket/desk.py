"""Keeping the docket up to date: everybody every hour, and whoever changed within seconds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.docket.queue import looked_at, waiting
from hub.docket.records import DocketRun
from hub.docket.runs import run_all
from hub.pace import is_over
from hub.web.formats import SITE_ZONE

EVERYBODY_EVERY: Final = timedelta(hours=1)
CHANGED_EVERY: Final = timedelta(seconds=5)


class DocketDesk:
    """One thread calls `tick`, several times a second. Two desks at once find the same and write it once.

    A desk that starts takes up where the last one ended, however many days ago that was: who changed waits in the
    database.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look at whoever is due; gives how many people were looked at."""
        if not is_over(self._looked_at, CHANGED_EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            last, queue = _last_run(session), waiting(session)
        if last is None or queue.everybody or now - last.at >= EVERYBODY_EVERY or _day(last.at) != _day(now):
            people = run_all(self._sessions, now).people
        elif queue.person_ids:
            run_all(self._sessions, now, person_ids=queue.person_ids)
            people = len(queue.person_ids)
        else:
            return 0
        # Only now: whoever stops half way looks again.
        with session_scope(self._sessions) as session:
            looked_at(session, queue)
        return people


def _last_run(session: Session) -> DocketRun | None:
    return session.scalar(select(DocketRun).order_by(DocketRun.at.desc(), DocketRun.id.desc()).limit(1))


def _day(at: datetime) -> date:
    return at.astimezone(SITE_ZONE).date()
