"""The docket of an invented prison as its office would have it today: yesterday's findings, some of them explained."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import COMMAND_LINE, Actor
from hub.database import Sessions, session_scope
from hub.docket import casework
from hub.docket.limits import REMAND_DAYS
from hub.docket.limits_in_force import set_limit
from hub.docket.records import CloseKind, Finding
from hub.docket.runs import run_all
from hub.reception.seed.staff import CLERKS
from hub.web.formats import SITE_ZONE

_LOOKED_BEFORE: Final = timedelta(days=1)
_LIMIT_DAYS: Final = 3 * 365
_AUTHORITY: Final = "None: invented for trials, as the prison is. Confirm the limit against the law."
_EXPLAINED_OF: Final = 5
"""All but one in so many of those who wait too long are explained."""
_EXPLAINED: Final = (
    "Trial fixed; the court was told in writing how long he has waited.",
    "Jury trial began; the judge has the list of those who wait longest.",
    "Bail was offered and not met. The lawyer was told again.",
)


def work(sessions: Sessions, at: datetime) -> None:
    """Look at everybody as of yesterday, explain most of the long waits, and look again now."""
    clerk, before = Actor(CLERKS[0], COMMAND_LINE), at - _LOOKED_BEFORE
    with session_scope(sessions) as session:
        set_limit(
            session,
            REMAND_DAYS,
            _LIMIT_DAYS,
            before.astimezone(SITE_ZONE).date(),
            _AUTHORITY,
            actor=clerk,
            at=at,
        )
    run_all(sessions, before)
    with session_scope(sessions) as session:
        waiting = select(Finding).where(Finding.check_code == "remand_too_long", Finding.closed_at.is_(None))
        for place, found in enumerate(session.scalars(waiting.order_by(Finding.since_at)).all()):
            if place % _EXPLAINED_OF:
                _explain(session, found, place, clerk, at)
    run_all(sessions, at)


def _explain(session: Session, found: Finding, place: int, clerk: Actor, at: datetime) -> None:
    review_on = at.astimezone(SITE_ZONE).date() + timedelta(days=2 + place % 27)
    casework.close(
        session,
        found.id,
        found.version,
        CloseKind.HELD_RIGHTLY,
        _EXPLAINED[place % len(_EXPLAINED)],
        review_on=review_on,
        actor=clerk,
        at=at,
    )
