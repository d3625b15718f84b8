"""No finding stays with nobody, and one that is overdue goes up: first to the supervisors, then to the director."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.accounts.permissions import Role
from hub.docket.limits import DIRECTOR_HOURS, Limits
from hub.docket.ownership import Owners
from hub.docket.records import Finding, StepAct
from hub.docket.settling import add_step
from hub.movements import feed
from hub.movements.records import FeedKind

ALARM: Final = "docket_overdue"
LEVELS: Final = {1: Role.SHIFT_SUPERVISOR, 2: Role.DIRECTOR}
"""To whom a finding has gone up."""


def reassign(session: Session, whose: Owners, *, at: datetime) -> int:
    """Give findings of nobody, or of somebody who no longer works the docket, to somebody who does."""
    if not whose.pool:
        return 0
    orphans = session.scalars(
        select(Finding).where(
            Finding.closed_at.is_(None), or_(Finding.owner.is_(None), Finding.owner.not_in(whose.workers))
        )
    ).all()
    for row in orphans:
        before, row.owner = row.owner, whose.owner_of(row.check_code)
        row.version += 1
        add_step(session, row.id, StepAct.ASSIGNED, at=at, detail={"from": before, "to": row.owner})
    return len(orphans)


def escalate(session: Session, limits: Limits, *, at: datetime) -> int:
    """Take what is overdue up by one level, each once; one alarm for all of them."""
    wanted = Finding.closed_at.is_(None)
    first = session.scalars(select(Finding).where(wanted, Finding.escalated == 0, Finding.due_at < at)).all()
    later = at - limits.hours(DIRECTOR_HOURS)
    second = session.scalars(
        select(Finding).where(wanted, Finding.escalated == 1, Finding.due_at < later)
    ).all()
    for row in (*first, *second):
        row.escalated, row.version = row.escalated + 1, row.version + 1
        add_step(session, row.id, StepAct.ESCALATED, at=at, detail={"to": LEVELS[row.escalated].value})
    _ring(session, len(first) + len(second), at)
    return len(first) + len(second)


def _ring(session: Session, count: int, at: datetime) -> None:
    if count:
        told = {"what": ALARM, "count": count, "at": at.isoformat()}
        feed.append(session, [feed.Line(at, FeedKind.ALARM, told)])


def is_overdue(row: Finding, at: datetime, grace: timedelta = timedelta()) -> bool:
    """Whether an open finding should have been dealt with by now."""
    return row.closed_at is None and row.due_at + grace < at
