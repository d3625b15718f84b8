"""What time alone changes: states go on without a scan, series become passes, ways that converge are seen ahead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements.move_limits import limits
from hub.movements.passes.feeding import feed_passes, to_feed
from hub.movements.passes.foreseeing import anybody_warned, foresee, warn
from hub.movements.passes.proving import advance
from hub.movements.passes.records import PassRow
from hub.movements.records import Position

LOOK_EVERY: Final = timedelta(seconds=1)
FORESEE_EVERY: Final = timedelta(seconds=2)
FEED_EVERY: Final = timedelta(seconds=30)
AT_ONCE: Final = 100
"""Passes brought up to date in one transaction: each may raise an alarm, and scans get their turn between."""


class PassWatch:
    """One thread calls `tick`, several times a second. Two at once write each step once."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._foreseen_at: datetime | None = None
        self._fed_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look at what is due; gives how many passes changed or were made."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        done = self._feed(now)
        with session_scope(self._sessions, writes=False) as session:
            due = due_passes(session, now)
        if due:
            with session_scope(self._sessions) as session:
                done += advance(session, due, now)
        if len(due) == AT_ONCE:
            self._looked_at = None  # there are more, and the next turn takes them
        return done + self._foresee(now, changed=bool(due))

    def _feed(self, now: datetime) -> int:
        if self._fed_at is not None and timedelta(0) <= now - self._fed_at < FEED_EVERY:
            return 0
        self._fed_at = now
        with session_scope(self._sessions, writes=False) as session:
            waiting = to_feed(session, now)
        if not waiting:
            return 0
        with session_scope(self._sessions) as session:
            done = feed_passes(session, now)
        self._fed_at = None  # there may be more
        return done

    def _foresee(self, now: datetime, *, changed: bool) -> int:
        if (
            not changed
            and self._foreseen_at is not None
            and timedelta(0) <= now - self._foreseen_at < FORESEE_EVERY
        ):
            return 0
        self._foreseen_at = now
        with session_scope(self._sessions, writes=False) as session:
            foreseen = foresee(session, now)
            told = bool(foreseen) or anybody_warned(session)
        if not told:
            return 0
        with session_scope(self._sessions) as session:
            return warn(session, foresee(session, now), now)


def due_passes(session: Session, now: datetime) -> list[int]:
    """Passes that the time changes by now, or whose person was proven somewhere since one looked."""
    opening = now + timedelta(seconds=limits(session).early_s)
    wanted = (
        select(PassRow.id)
        .outerjoin(Position, Position.person_id == PassRow.person_id)
        .where(
            PassRow.closed_at.is_(None),
            PassRow.from_at <= opening,
            or_(
                PassRow.next_at <= now,
                PassRow.seen_at.is_(None) & Position.proven_at.is_not(None),
                Position.proven_at > PassRow.seen_at,
            ),
        )
    )
    return list(session.scalars(wanted.order_by(PassRow.id).limit(AT_ONCE)))
