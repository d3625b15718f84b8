"""Referrals that nobody answers: who hears of them next, and when. One thread calls `tick`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from hub.pace import is_over

LOOK_EVERY: Final = timedelta(seconds=1)
UNANSWERED: Final = "referral_unanswered"

_REACHED: Final = {
    Status.ESCALATED: (What.ESCALATED,),
    Status.ALARM: (What.ESCALATED, What.ALARM),
}


class ReferralDesk:
    """Writes down each step of an unanswered referral once. Two desks at once write no more than one."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look at most once a second; gives how many referrals changed."""
        if not is_over(self._looked_at, LOOK_EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            due = _due(session, open_now(session), now)
        if not due:
            return 0
        with session_scope(self._sessions) as session:
            return _advance(session, due, now)


@dataclass(frozen=True)
class _Look:
    """What one look at the referrals needs, read once."""

    waits: Patience
    lines: list[PostLine]
    written: dict[int, set[str]]
    now: datetime


def _look(session: Session, rows: Sequence[Referral], now: datetime) -> _Look:
    written: dict[int, set[str]] = {}
    wanted = select(ReferralChange.referral_id, ReferralChange.what)
    for referral, what in session.execute(
        wanted.where(ReferralChange.referral_id.in_([row.id for row in rows]))
    ):
        written.setdefault(referral, set()).add(what)
    return _Look(patience(session), posts(session, now), written, now)


def _due(session: Session, rows: Sequence[Referral], now: datetime) -> list[int]:
    if not rows:
        return []
    look = _look(session, rows, now)
    return [row.id for row in rows if _lapsed(row, look) or _steps(row, look) or _new_holder(row, look)]


def _advance(session: Session, due: list[int], now: datetime) -> int:
    wanted = select(Referral).where(Referral.id.in_(due), Referral.outcome.is_(None)).order_by(Referral.id)
    rows = session.scalars(wanted.with_for_update()).all()
    look = _look(session, rows, now)
    told = [line for row in rows for line in _advance_one(session, row, look)]
    feed.append(session, told)
    return len(rows)


def _advance_one(session: Session, row: Referral, look: _Look) -> list[feed.Line]:
    now = look.now
    if _lapsed(row, look):
        row.outcome, row.answered_at = Outcome.LAPSED.value, now
        note(session, row, What.ANSWERED, now)
        return []
    holder = _new_holder(row, look)
    if holder is not None:
        row.holder = holder
        note(session, row, What.GIVEN, now, login=holder)
    told: list[feed.Line] = []
    for step in _steps(row, look):
        note(session, row, step, now)
        if step is What.ALARM:
            said = {"what": UNANSWERED, "terminal": row.terminal, "checkpoint": row.checkpoint}
            told.append(feed.Line(now, FeedKind.ALARM, {**said, "referral": row.id, "at": now.isoformat()}))
    return told


def _steps(row: Referral, look: _Look) -> list[What]:
    """Steps that its age has reached and that are not written down yet."""
    reached = _REACHED.get(status(row, look.waits, look.now), ())
    done = look.written.get(row.id, set())
    return [step for step in reached if step.value not in done]


def _new_holder(row: Referral, look: _Look) -> str | None:
    """Whoever answers for the place now, for a referral that is nobody's."""
    return responsible(look.lines, row.checkpoint, look.now) if row.holder is None else None


def _lapsed(row: Referral, look: _Look) -> bool:
    return (look.now - row.opened_at).total_seconds() >= look.waits.lapse_after_s
