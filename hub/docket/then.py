"""Findings as they stood at the end of an earlier day, made again from their steps. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import and_, inspect, or_, select
from sqlalchemy.orm import Session

from hub.docket.records import CloseKind, Finding, FindingStep, StepAct

_IN_ONE_QUESTION: Final = 5_000
Detail = Mapping[str, Any]


def standing_then(session: Session, known_at: datetime) -> list[Finding]:
    """Findings that were open then, the gravest and longest first."""
    wanted = select(Finding).where(
        Finding.opened_at <= known_at, or_(Finding.closed_at.is_(None), Finding.closed_at > known_at)
    )
    return sorted(as_then(session, session.scalars(wanted).all(), known_at), key=_order)


def to_review_then(session: Session, known_at: datetime) -> list[Finding]:
    """Findings that had closed by themselves and nobody had looked after."""
    by_facts = Finding.close_kind == CloseKind.FACTS_CHANGED.value
    closed = session.scalars(select(Finding).where(and_(by_facts, Finding.closed_at <= known_at))).all()
    found = (one for one in as_then(session, closed, known_at) if one.reviewed_by is None)
    return sorted(found, key=_order)


def as_then(session: Session, rows: Sequence[Finding], known_at: datetime) -> list[Finding]:
    """Copies of the rows as they were then, in their order; they belong to no session.

    Findings from before steps said since when and in which band keep what they have now.
    """
    steps: dict[int, list[FindingStep]] = defaultdict(list)
    ids = [row.id for row in rows]
    for start in range(0, len(ids), _IN_ONE_QUESTION):
        part = ids[start : start + _IN_ONE_QUESTION]
        wanted = select(FindingStep).where(FindingStep.finding_id.in_(part), FindingStep.at <= known_at)
        for step in session.scalars(wanted.order_by(FindingStep.id)):
            steps[step.finding_id].append(step)
    return [_made_again(row, steps[row.id]) for row in rows]


def _order(row: Finding) -> tuple[int, datetime, int]:
    return row.band, row.since_at, row.id


def _made_again(row: Finding, steps: Iterable[FindingStep]) -> Finding:
    columns = {column.key: getattr(row, column.key) for column in inspect(Finding).column_attrs}
    made = Finding(**columns)
    made.owner = made.offered_to = None
    made.earlier_rule, made.escalated, made.version = False, 0, 0
    made.closed_at = made.closed_by = made.close_kind = made.close_reason = None
    made.review_on = made.reviewed_by = None
    for step in steps:
        made.version += 1
        _DONE[StepAct(step.act)](made, step, msgspec.json.decode(step.detail))
    return made


def _found(row: Finding, _step: FindingStep, detail: Detail) -> None:
    row.what, row.rows = detail["what"], detail["rows"]
    row.earlier_rule = False
    if "since" in detail:
        row.since_at = datetime.fromisoformat(detail["since"])
    row.band, row.rule = detail.get("band", row.band), detail.get("rule", row.rule)


def _opened(row: Finding, step: FindingStep, detail: Detail) -> None:
    _found(row, step, detail)
    row.owner = detail.get("owner")


def _assigned(row: Finding, _step: FindingStep, detail: Detail) -> None:
    row.owner = detail.get("to")


def _taken(row: Finding, step: FindingStep, _detail: Detail) -> None:
    row.owner, row.offered_to = step.by, None


def _offered(row: Finding, _step: FindingStep, detail: Detail) -> None:
    row.offered_to = detail.get("to")


def _declined(row: Finding, _step: FindingStep, _detail: Detail) -> None:
    row.offered_to = None


def _noted(_row: Finding, _step: FindingStep, _detail: Detail) -> None:
    """A note changes nothing about how a finding stands."""


def _under_earlier_rule(row: Finding, _step: FindingStep, _detail: Detail) -> None:
    row.earlier_rule = True


def _escalated(row: Finding, _step: FindingStep, _detail: Detail) -> None:
    row.escalated += 1


def _closed(row: Finding, step: FindingStep, detail: Detail) -> None:
    row.closed_at, row.closed_by, row.offered_to = step.at, step.by, None
    row.close_kind = detail.get("kind", CloseKind.FACTS_CHANGED.value)
    row.close_reason = detail.get("why") or step.note
    row.review_on = date.fromisoformat(detail["review_on"]) if detail.get("review_on") else None


def _reviewed(row: Finding, step: FindingStep, _detail: Detail) -> None:
    row.reviewed_by = step.by


_DONE: Final[Mapping[StepAct, Callable[[Finding, FindingStep, Detail], None]]] = {
    StepAct.OPENED: _opened,
    StepAct.EVIDENCE: _found,
    StepAct.ASSIGNED: _assigned,
    StepAct.TAKEN: _taken,
    StepAct.OFFERED: _offered,
    StepAct.ACCEPTED: _taken,
    StepAct.DECLINED: _declined,
    StepAct.NOTED: _noted,
    StepAct.EARLIER_RULE: _under_earlier_rule,
    StepAct.ESCALATED: _escalated,
    StepAct.CLOSED: _closed,
    StepAct.REVIEWED: _reviewed,
}
