"""The census as it is looked at: each partner with its weeks, and the differences to work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.sharing.census.comparing import Order
from hub.sharing.census.receiving import newest_list
from hub.sharing.census.records import (
    CensusDifference,
    CensusList,
    CensusRule,
    CensusRun,
    CensusStep,
    DifferenceState,
)
from hub.sharing.census.rules import partners, rules

PAGE: Final = 50
WEEKS: Final = 26
_DAYS: Final = ("born_on", "release_on", "since", "until")


class Part(StrEnum):
    """Which differences."""

    OPEN = "open"
    DONE = "done"


PARTS: Final = {Part.OPEN: Sentence("To work"), Part.DONE: Sentence("Over")}


@dataclass(frozen=True)
class Partner:
    """One agency: when its census is, what the last one came to, and how long differences take."""

    code: str
    name: str
    rule: CensusRule | None
    last: CensusRun | None
    newest: CensusList | None
    open: int
    overdue: int
    median_days: float | None


@dataclass(frozen=True)
class Listed:
    """A page of differences and how many there are."""

    rows: Sequence[CensusDifference]
    total: int


def lines(session: Session, at: datetime) -> list[Partner]:
    """Every agency whose list may be compared, by code."""
    held = rules(session)
    return [_partner(session, code, name, held.get(code), at) for code, name in partners(session).items()]


def weeks(session: Session, agency: str) -> Sequence[CensusRun]:
    """The newest comparisons of an agency."""
    wanted = select(CensusRun).where(CensusRun.agency == agency).order_by(CensusRun.id.desc())
    return session.scalars(wanted.limit(WEEKS)).all()


def differences(session: Session, agency: str, part: Part, page: int = 1) -> Listed:
    """Those of an agency: the open ones with the gravest first, the others with the newest first."""
    is_open = CensusDifference.state == DifferenceState.OPEN.value
    wanted = select(CensusDifference).where(CensusDifference.agency == agency)
    wanted = wanted.where(is_open if part is Part.OPEN else ~is_open)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rank = case({sort.value: place for sort, place in Order.items()}, value=CensusDifference.sort, else_=99)
    order: tuple[Any, ...] = (rank, CensusDifference.due_at, CensusDifference.id)
    if part is Part.DONE:
        order = (CensusDifference.ended_at.desc(), CensusDifference.id.desc())
    rows = session.scalars(wanted.order_by(*order).limit(PAGE).offset((page - 1) * PAGE)).all()
    return Listed(rows, total)


def steps_of(session: Session, number: int) -> Sequence[CensusStep]:
    """What happened to a difference, oldest first."""
    wanted = select(CensusStep).where(CensusStep.difference_id == number)
    return session.scalars(wanted.order_by(CensusStep.id)).all()


def told(raw: str) -> Mapping[str, Any]:
    """What one side says, as it was written down; days as days."""
    found: dict[str, Any] = msgspec.json.decode(raw)
    return found | {name: date.fromisoformat(found[name]) for name in _DAYS if name in found}


def count_open(session: Session) -> int:
    """How many differences are open."""
    return _count(session)


def count_overdue(session: Session, at: datetime) -> int:
    """How many of them are past their time."""
    return _count(session, CensusDifference.due_at < at)


def _count(session: Session, *more: ColumnElement[bool]) -> int:
    wanted = select(func.count(CensusDifference.id)).where(
        CensusDifference.state == DifferenceState.OPEN.value, *more
    )
    return session.scalar(wanted) or 0


def _partner(session: Session, code: str, name: str, rule: CensusRule | None, at: datetime) -> Partner:
    last = session.scalars(
        select(CensusRun).where(CensusRun.agency == code).order_by(CensusRun.id.desc()).limit(1)
    ).first()
    mine = CensusDifference.agency == code
    ended = session.execute(
        select(CensusDifference.opened_at, CensusDifference.ended_at).where(
            mine, CensusDifference.ended_at.is_not(None)
        )
    )
    took = [(done - begun) / timedelta(days=1) for begun, done in ended if done is not None]
    return Partner(
        code,
        name,
        rule,
        last,
        newest_list(session, code),
        _count(session, mine),
        _count(session, mine, CensusDifference.due_at < at),
        round(median(took), 1) if took else None,
    )
