"""Things that are nobody's file alone, told step by step: reading and writing their steps."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

import msgspec
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.life.records import IncidentStep, VisitorStep
from hub.sentences import RefusedError, Sentence

StepRow = TypeVar("StepRow", VisitorStep, IncidentStep)


def add(
    session: Session,
    step: VisitorStep | IncidentStep,
    act: str,
    value: msgspec.Struct,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Append `step`, which has its owner and number; RefusedError unless it is the next one: others were quicker."""
    if step.number != _last_number(session, step) + 1:
        raise _written_meanwhile()
    step.act = act
    step.value = msgspec.json.encode(value, order="deterministic").decode()
    step.at, step.by, step.reason = at, actor.login[:64], reason.strip()[:300]
    try:
        with session.begin_nested():
            session.add(step)
    except IntegrityError:
        raise _written_meanwhile() from None


def steps_of(
    session: Session, table: type[StepRow], of_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, list[StepRow]]:
    """Steps by owner, oldest first, recorded until `known_at`."""
    owner = _of(table)
    wanted = select(table).where(owner.in_(of_ids)).order_by(owner, table.number)
    if known_at is not None:
        wanted = wanted.where(table.at <= known_at)
    found: dict[int, list[StepRow]] = {}
    for row in session.scalars(wanted):
        key = row.visitor_id if isinstance(row, VisitorStep) else row.incident_id
        found.setdefault(key, []).append(row)
    return found


def _last_number(session: Session, step: VisitorStep | IncidentStep) -> int:
    if isinstance(step, VisitorStep):
        wanted = select(func.max(VisitorStep.number)).where(VisitorStep.visitor_id == step.visitor_id)
    else:
        wanted = select(func.max(IncidentStep.number)).where(IncidentStep.incident_id == step.incident_id)
    return session.scalar(wanted) or 0


def _written_meanwhile() -> RefusedError:
    return RefusedError(
        "written_meanwhile",
        Sentence("Somebody else wrote here at the same moment. Read what they wrote, then write yours."),
    )


def _of(table: type[StepRow]):  # type: ignore[no-untyped-def]  # one of two columns
    return table.visitor_id if issubclass(table, VisitorStep) else table.incident_id
