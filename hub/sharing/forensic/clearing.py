"""What is sealed goes when its purpose is over: with the answer, with the refusal, or when the time has run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import Sessions, session_scope
from hub.pace import is_over
from hub.sharing.forensic.records import (
    ForensicCandidate,
    ForensicParcel,
    ForensicProbe,
    ForensicRequest,
)
from hub.sharing.forensic.rules import What
from hub.sharing.forensic.steps import add_step

JOB: Final = Actor("hub", "hub")
EVERY: Final = timedelta(minutes=5)
"""How long something may lie on after its time."""


def clear(session: Session, row: ForensicRequest) -> None:
    """Delete the finger that was sent, the candidates and the set of a request; the steps stay."""
    for table in (ForensicProbe, ForensicCandidate, ForensicParcel):
        session.execute(delete(table).where(table.request_id == row.id))


def clear_due(session: Session, at: datetime) -> int:
    """Delete what belongs to requests whose time is over; how many those were. Pages call it too."""
    held = select(ForensicProbe.request_id).union(
        select(ForensicCandidate.request_id), select(ForensicParcel.request_id)
    )
    wanted = select(ForensicRequest).where(ForensicRequest.id.in_(held), ForensicRequest.until_at <= at)
    due = session.scalars(wanted).all()
    for row in due:
        clear(session, row)
        add_step(session, row, What.CLEARED, actor=JOB, at=at)
    return len(due)


class ForensicTidy:
    """Destroys what is over though nobody opens a page; `tick` gives how many requests that were."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions) as session:
            return clear_due(session, now)
