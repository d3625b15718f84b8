"""What time alone changes: states go on without a scan, series become passes, ways that converge are seen ahead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements.external.records import ExternalStep
from hub.movements.move_limits import limits
from hub.movements.passes.feeding import feed_passes, to_feed, worth_again
from hub.movements.passes.foreseeing import anybody_warned, foresee, warn
from hub.movements.passes.outings import follow_goings, outing_changes
from hub.movements.passes.proving import advance
from hub.movements.passes.records import PassRow
from hub.movements.records import Position
from hub.pace import is_over

LOOK_EVERY: Final = timedelta(seconds=1)
FORESEE_EVERY: Final = timedelta(seconds=2)
FEED_EVERY: Final = timedelta(seconds=30)
TRY_AGAIN: Final = timedelta(minutes=5)
"""What something spoke against is looked at again so often: the place may have room by now."""
AT_ONCE: Final = 100
"""Passes brought up to date in one transaction: each may raise an alarm, and scans get their turn between."""


class PassWatch:
    """One thread calls `tick`, several times a second. Two at once write each step once."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._foreseen_at: datetime | None = None
        self._fed_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._followed_at: datetime | None = None
        self._external_step = 0

    def tick(self, now: datetime) -> int:
        """Look at what is due; gives how many passes changed or were made."""
        if not is_over(self._looked_at, LOOK_EVERY, now):
            return 0
        self._looked_at = now
        done = self._follow(now) + self._feed(now)
        with session_scope(self._sessions, writes=False) as session:
            due = due_passes(session, now)
        if due:
            with session_scope(self._sessions) as session:
                done += advance(session, due, now)
        if len(due) == AT_ONCE:
            self._looked_at = None  # there are more, and the next turn takes them
        return done + self._foresee(now, changed=bool(due))

    def _feed(self, now: datetime) -> int:
        if not is_over(self._fed_at, FEED_EVERY, now):
            return 0
        self._fed_at = now
        with session_scope(self._sessions, writes=False) as session:
            waiting = to_feed(session, now)
            again = is_over(self._tried_at, TRY_AGAIN, now)
            worth = again and worth_again(session, waiting, now)
        self._tried_at = now if again else self._tried_at
        if not waiting and not worth:
            return 0
        with session_scope(self._sessions) as session:
            done = feed_passes(session, now, again=worth)
        self._fed_at = None  # there may be more
        return done

    def _follow(self, now: datetime) -> int:
        """Whoever is to go out is known at the gates as soon as it is allowed."""
        with session_scope(self._sessions, writes=False) as session:
            step = session.scalar(select(func.max(ExternalStep.id))) or 0
            if step == self._external_step and not is_over(self._followed_at, FEED_EVERY, now):
                return 0
            changes = outing_changes(session, now)
        self._external_step, self._followed_at = step, now
        if not changes:
            return 0
        with session_scope(self._sessions) as session:
            return follow_goings(session, now)

    def _foresee(self, now: datetime, *, changed: bool) -> int:
        if not changed and not is_over(self._foreseen_at, FORESEE_EVERY, now):
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
