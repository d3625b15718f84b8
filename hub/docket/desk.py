"""Keeping the docket up to date: everybody every hour, and whoever changed within seconds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.records import PersonChange
from hub.database import Sessions, session_scope
from hub.docket.records import DocketRun
from hub.docket.runs import run_all
from hub.web.formats import SITE_ZONE

EVERYBODY_EVERY: Final = timedelta(hours=1)
CHANGED_EVERY: Final = timedelta(seconds=5)
OVERLAP: Final = 500
"""Numbers that are asked for again: PostgreSQL gives them out before the commit, so a lower one may come later."""


class DocketDesk:
    """One thread calls `tick`, several times a second. Two desks at once find the same and write it once.

    A desk that starts takes up where the last look at everybody ended, however many days ago that was.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._facts, self._changes = _Follower(), _Follower()

    def tick(self, now: datetime) -> int:
        """Look at whoever is due; gives how many people were looked at."""
        if self._looked_at is not None and now - self._looked_at < CHANGED_EVERY:
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            last = _last_run(session)
            changed = set() if last is None else self._changed(session, last)
        if last is None or now - last.at >= EVERYBODY_EVERY or _day(last.at) != _day(now):
            return run_all(self._sessions, now).people
        if changed:
            run_all(self._sessions, now, person_ids=changed)
        return len(changed)

    def _changed(self, session: Session, last: DocketRun) -> set[int]:
        return self._facts.news(session, Fact, last.fact_id) | self._changes.news(
            session, PersonChange, last.change_id
        )


class _Follower:
    """Whose rows of a table are new since the last question, late ones of lower numbers included."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._until: int | None = None

    def news(self, session: Session, table: type[Fact] | type[PersonChange], start: int) -> set[int]:
        since = max(0, (start if self._until is None else self._until) - OVERLAP)
        rows = session.execute(select(table.id, table.person_id).where(table.id > since)).all()
        if self._until is None:  # what the last look at everybody knew is no news
            self._seen = {number for number, _ in rows if number <= start}
            self._until = start
        new = {person_id for number, person_id in rows if number not in self._seen}
        self._seen = {number for number, _ in rows}
        self._until = max([self._until, *self._seen])
        return new


def _last_run(session: Session) -> DocketRun | None:
    return session.scalar(select(DocketRun).order_by(DocketRun.at.desc(), DocketRun.id.desc()).limit(1))


def _day(at: datetime) -> date:
    return at.astimezone(SITE_ZONE).date()
