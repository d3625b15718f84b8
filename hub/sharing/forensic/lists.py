"""Requests as the list shows them, and how many wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from hub.sharing.agreements.records import Agency
from hub.sharing.forensic.records import ForensicRequest, ForensicStep
from hub.sharing.forensic.rules import Ask, State, What, state_of

PAGE: Final = 50
"""Requests that wait, on one page."""
MOST: Final = 100
"""Of those that are over: the log of disclosures has the rest."""
_ENDED: Final = (What.ANSWERED.value, What.REFUSED.value, What.TAKEN.value)


@dataclass(frozen=True)
class Line:
    """A request with its state and the name of who asks."""

    row: ForensicRequest
    agency: str
    state: State


@dataclass(frozen=True)
class Listed:
    """What needs somebody, oldest first; what does not, newest first.

    `total` is how many wait in all, `page` the one that was asked for or the last of `last`.
    """

    waiting: tuple[Line, ...]
    others: tuple[Line, ...]
    total: int
    page: int
    last: int


def listed(session: Session, at: datetime, page: int = 1) -> Listed:
    """A page of the requests that wait, and on the last one the newest of the others."""
    total = count_waiting(session, at)
    last = max(1, -(-total // PAGE))
    page = max(1, min(page, last))
    mine = select(ForensicRequest).where(_waits(at)).order_by(ForensicRequest.until_at, ForensicRequest.id)
    waiting = session.scalars(mine.limit(PAGE).offset((page - 1) * PAGE)).all()
    others: Sequence[ForensicRequest] = ()
    if page == last:
        rest = select(ForensicRequest).where(~_waits(at)).order_by(ForensicRequest.id.desc())
        others = session.scalars(rest.limit(MOST)).all()
    return Listed(_lines(session, waiting, at), _lines(session, others, at), total, page, last)


def count_waiting(session: Session, at: datetime) -> int:
    """Requests that need an officer here."""
    return session.scalar(select(func.count()).select_from(ForensicRequest).where(_waits(at))) or 0


def agency_names(session: Session) -> dict[str, str]:
    """What each agency is called, by its code."""
    return {row.code: row.name for row in session.execute(select(Agency.code, Agency.name))}


def _waits(at: datetime) -> ColumnElement[bool]:
    step = ForensicStep
    mine = step.request_id == ForensicRequest.id
    ended = select(step.id).where(mine, step.what.in_(_ENDED)).exists()
    approved = (
        select(func.count(step.by.distinct())).where(mine, step.what == What.APPROVED.value).scalar_subquery()
    )
    to_do = or_(ForensicRequest.kind == Ask.IDENTITY.value, approved < ForensicRequest.approvals)
    return and_(ForensicRequest.until_at > at, ~ended, to_do)


def _lines(session: Session, rows: Sequence[ForensicRequest], at: datetime) -> tuple[Line, ...]:
    steps: dict[int, list[ForensicStep]] = defaultdict(list)
    wanted = select(ForensicStep).where(ForensicStep.request_id.in_([row.id for row in rows]))
    for step in session.scalars(wanted.order_by(ForensicStep.id)):
        steps[step.request_id].append(step)
    names = agency_names(session)
    return tuple(
        Line(
            row,
            names.get(row.agency, row.agency),
            state_of(row.kind, row.approvals, row.until_at, steps[row.id], at),
        )
        for row in rows
    )
