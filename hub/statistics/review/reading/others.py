"""Doubts of the docket, files found to be one person's, rows of registers, and passages at terminals in the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.merging.records import MergeStep
from hub.custody.merging.rules import Act
from hub.docket.records import Finding
from hub.docket.rules import CHECKS
from hub.movements.records import Movement, MovementReversal
from hub.reception.register.actions import Decision, Judged
from hub.reception.register.records import RegisterImport, RegisterRow
from hub.sentences import Sentence
from hub.statistics.review.evidence import Delay, Doubt, Span
from hub.statistics.review.reading.delays import delay_of, hours_between

OLD: Final = Sentence("A check of an earlier version")
_SAMPLE: Final = 20_000
"""Passages whose delay is looked at: a year has millions, and these are spread evenly over them."""


@dataclass(frozen=True)
class Passages:
    """Scans that arrived in the year, how late, how many of them proved not to be so."""

    many: int
    delay: Delay | None
    reversed: int


@dataclass(frozen=True)
class Imported:
    """Rows of registers brought in within the year that were faulty, and those that were of somebody known."""

    refused: int
    doubles: int


def doubts_of(session: Session, span: Span) -> tuple[Doubt, ...]:
    """Findings by check, those with the most still open first."""
    begins, until = span.period.begins_at, min(span.period.ends_at, span.known_at)
    found: dict[str, list[int]] = {}
    for code, opened_at, closed_at in session.execute(
        select(Finding.check_code, Finding.opened_at, Finding.closed_at).where(
            Finding.opened_at <= until, (Finding.closed_at.is_(None)) | (Finding.closed_at >= begins)
        )
    ):
        one = found.setdefault(code, [0, 0, 0])
        closed = closed_at is not None and closed_at <= until
        one[0] += int(opened_at >= begins)
        one[1] += int(closed)
        one[2] += int(not closed)
    doubts = [Doubt(code, CHECKS[code].words if code in CHECKS else OLD, *found[code]) for code in found]
    return tuple(sorted(doubts, key=lambda one: (-one.open, -one.opened, one.code)))


def merged_of(session: Session, span: Span) -> int:
    """Pairs of files that were found to be of one person."""
    until = min(span.period.ends_at, span.known_at)
    wanted = select(func.count(func.distinct(MergeStep.case_id))).where(
        MergeStep.act == Act.MERGED.value, MergeStep.at >= span.period.begins_at, MergeStep.at <= until
    )
    return session.scalar(wanted) or 0


def imported_of(session: Session, span: Span) -> Imported:
    """Of imports that were started in the span."""
    until = min(span.period.ends_at, span.known_at)
    rows = (
        select(func.count())
        .select_from(RegisterRow)
        .join(RegisterImport, RegisterImport.id == RegisterRow.import_id)
        .where(RegisterImport.started_at >= span.period.begins_at, RegisterImport.started_at <= until)
    )
    refused = session.scalar(rows.where(RegisterRow.judged == Judged.FAULTY.value)) or 0
    known = (Decision.SAME.value, Decision.SKIP.value)
    return Imported(refused, session.scalar(rows.where(RegisterRow.decision.in_(known))) or 0)


def passages_of(session: Session, span: Span) -> Passages:
    """Scans whose entries the hub recorded in the span."""
    until = min(span.period.ends_at, span.known_at)
    within = (
        Movement.method == "SCAN",
        Movement.recorded_at >= span.period.begins_at,
        Movement.recorded_at <= until,
    )
    many = session.scalar(select(func.count()).select_from(Movement).where(*within)) or 0
    every = max(1, -(-many // _SAMPLE))
    times = session.execute(
        select(Movement.occurred_at, Movement.recorded_at).where(*within, Movement.id % every == 0)
    )
    hours = [hours_between(happened_at, recorded_at) for happened_at, recorded_at in times]
    undone = session.scalar(
        select(func.count())
        .select_from(MovementReversal)
        .join(Movement, Movement.id == MovementReversal.movement_id)
        .where(*within, MovementReversal.reversed_at <= until)
    )
    return Passages(many, delay_of(hours), undone or 0)
