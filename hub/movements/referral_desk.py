"""Referrals that nobody answers: who hears of them next, and when. One thread calls `tick`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements import feed
from hub.movements.posts import PostLine, posts, responsible
from hub.movements.records import FeedKind
from hub.movements.referral_records import Referral, ReferralChange
from hub.movements.referral_rules import Outcome, Patience, Status, What
from hub.movements.referrals import note, open_now, patience, status

LOOK_EVERY: Final = timedelta(seconds=1)
UNANSWERED: Final = "referral_unanswered"


class ReferralDesk:
    """Writes down each step of an unanswered referral once. Two desks at once write no more than one."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look at most once a second; gives how many referrals changed."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            due = [row.id for row in open_now(session) if self._wants(session, row, now)]
        if not due:
            return 0
        with session_scope(self._sessions) as session:
            return self._advance(session, due, now)

    def _wants(self, session: Session, row: Referral, now: datetime) -> bool:
        waits, lines = patience(session), posts(session, now)
        return (
            _lapsed(row, waits, now)
            or bool(_steps(session, row, waits, now))
            or _new_holder(row, lines, now) is not None
        )

    def _advance(self, session: Session, due: list[int], now: datetime) -> int:
        waits, lines = patience(session), posts(session, now)
        wanted = (
            select(Referral).where(Referral.id.in_(due), Referral.outcome.is_(None)).order_by(Referral.id)
        )
        told: list[feed.Line] = []
        changed = 0
        for row in session.scalars(wanted.with_for_update()):
            told += _advance_one(session, row, waits, lines, now)
            changed += 1
        feed.append(session, told)
        return changed


def _advance_one(
    session: Session, row: Referral, waits: Patience, lines: list[PostLine], now: datetime
) -> list[feed.Line]:
    if _lapsed(row, waits, now):
        row.outcome, row.answered_at = Outcome.LAPSED.value, now
        note(session, row, What.ANSWERED, now)
        return []
    holder = _new_holder(row, lines, now)
    if holder is not None:
        row.holder = holder
        note(session, row, What.GIVEN, now, login=holder)
    told: list[feed.Line] = []
    for step in _steps(session, row, waits, now):
        note(session, row, step, now)
        if step is What.ALARM:
            said = {"what": UNANSWERED, "terminal": row.terminal, "checkpoint": row.checkpoint}
            told.append(feed.Line(now, FeedKind.ALARM, {**said, "referral": row.id, "at": now.isoformat()}))
    return told


def _steps(session: Session, row: Referral, waits: Patience, now: datetime) -> list[What]:
    """Steps that its age has reached and that are not written down yet."""
    stands = status(row, waits, now)
    reached = {Status.ESCALATED: [What.ESCALATED], Status.ALARM: [What.ESCALATED, What.ALARM]}.get(stands, [])
    if not reached:
        return []
    done = set(session.scalars(select(ReferralChange.what).where(ReferralChange.referral_id == row.id)))
    return [step for step in reached if step.value not in done]


def _new_holder(row: Referral, lines: list[PostLine], now: datetime) -> str | None:
    """Whoever answers for the place now, for a referral that is nobody's."""
    return responsible(lines, row.checkpoint, now) if row.holder is None else None


def _lapsed(row: Referral, waits: Patience, now: datetime) -> bool:
    return (now - row.opened_at).total_seconds() >= waits.lapse_after_s
