"""What is sealed goes when its purpose is over: with the answer, with the refusal, or when the time has run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import Sessions, session_scope
from hub.overwriting import Traces
from hub.pace import is_over
from hub.sharing.forensic.records import (
    ForensicCandidate,
    ForensicParcel,
    ForensicProbe,
    ForensicRequest,
    ForensicStep,
    ForensicWords,
)
from hub.sharing.forensic.rules import What
from hub.sharing.forensic.steps import add_step
from hub.web.formats import SITE_ZONE

JOB: Final = Actor("hub", "hub")
EVERY: Final = timedelta(minutes=5)
"""How long something may lie on after its time."""
WORDS_FOR: Final = timedelta(days=90)
"""What an officer wrote to the agency is read by then. It can name people, and nobody else needs it."""
_LAID_DOWN: Final = ("forensic_probes", "forensic_parcels", "forensic_candidates", "forensic_words")


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


def forget_words(session: Session, at: datetime) -> int:
    """Delete what officers wrote to agencies once it is old; the steps keep the hashes. How many those were."""
    old = session.scalars(
        select(ForensicWords.step_id).where(ForensicWords.written_at <= at - WORDS_FOR)
    ).all()
    if old:
        session.execute(delete(ForensicWords).where(ForensicWords.step_id.in_(old)))
    return len(old)


class ForensicTidy:
    """Destroys what is over though nobody opens a page; `tick` gives how many requests that were."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._traces = Traces(sessions, *_LAID_DOWN)
        self._ended = 0

    def tick(self, now: datetime) -> int:
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions) as session:
            done = clear_due(session, now)
            ended = _last_end(session)
            if forget_words(session, now) or ended != self._ended:
                self._traces.add()
            self._ended = ended
        self._traces.overwrite(now.astimezone(SITE_ZONE))
        return done


def _last_end(session: Session) -> int:
    """The newest step that took something away: pages do that at once, and leave the traces to be overwritten here."""
    ends = (What.ANSWERED.value, What.REFUSED.value, What.TAKEN.value, What.CLEARED.value)
    return session.scalar(select(func.max(ForensicStep.id)).where(ForensicStep.what.in_(ends))) or 0
