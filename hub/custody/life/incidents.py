"""Incidents: what happened, once for all; and on each file the part that the person had in it.

The caller holds the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import next_number
from hub.custody.facts.actions import Statement, newest, state
from hub.custody.facts.reading import Held
from hub.custody.facts.records import Fact
from hub.custody.life import logbook
from hub.custody.life.incident_forms import (
    INCIDENT_PART,
    Finding,
    IncidentPart,
    IncidentRole,
    Note,
    Report,
)
from hub.custody.life.links import held_by_target
from hub.custody.life.records import IncidentRow, IncidentStep
from hub.custody.life.turn import take_turn
from hub.custody.records import Booking
from hub.sentences import RefusedError, Sentence

_REPORT, _NOTE, _CLOSE = "report", "note", "close"


@dataclass(frozen=True)
class Incident:
    """An incident as it is told now, with its notes; `closed` is how it was closed, empty while it is open."""

    id: int
    number: str
    report: Report
    reported_by: str
    notes: tuple[IncidentStep, ...]
    closed: str
    last_step: int


def report_incident(session: Session, report: Report, *, actor: Actor, at: datetime) -> IncidentRow:
    """Write down what happened; RefusedError without what and where, or of something still to come."""
    check_report(report, at)
    row = IncidentRow(number=f"I-{next_number(session, 'incident'):06d}", recorded_at=at)
    session.add(row)
    session.flush()
    _add(session, row, 1, _REPORT, report, "", actor, at)
    return row


def correct_report(
    session: Session, number: str, report: Report, *, reason: str, seen: int, actor: Actor, at: datetime
) -> None:
    """Tell it as it should read; what was written before stays readable."""
    check_report(report, at)
    _need(reason)
    _add(session, _row(session, number), seen + 1, _REPORT, report, reason, actor, at)


def add_note(
    session: Session, number: str, text: str, *, close: bool, seen: int, actor: Actor, at: datetime
) -> None:
    """Add something, or close the incident with how it ended."""
    _need(text)
    found = incident(session, number)
    if found is not None and found.closed:
        raise RefusedError(
            "incident_closed", Sentence("This incident is closed. Correct its report instead.")
        )
    act = _CLOSE if close else _NOTE
    _add(session, _row(session, number), seen + 1, act, Note(text.strip()[:2_000]), "", actor, at)


def involve(
    session: Session,
    number: str,
    booking: Booking,
    role: IncidentRole,
    accused_of: str,
    *,
    actor: Actor,
    at: datetime,
) -> Fact:
    """Say what part a person had in it; RefusedError for one who has a part already."""
    found = incident(session, number)
    if found is None:
        raise RefusedError("no_incident", Sentence("There is no incident with this number."))
    if role is IncidentRole.ACCUSED and not accused_of.strip():
        raise RefusedError("accused_of_what", Sentence("Write which rule the person is said to have broken."))
    take_turn(session, booking.person_id)
    if any(one.row.person_id == booking.person_id for one in parts_in(session, number)):
        raise RefusedError(
            "part_already", Sentence("This person has a part in it already. Correct that one.")
        )
    value = IncidentPart(incident=number, role=role, accused_of=accused_of.strip()[:300])
    statement = Statement(
        INCIDENT_PART, value, found.report.occurred_at, source=number, booking_id=booking.id
    )
    return state(session, booking.person_id, statement, actor=actor, at=at)


def go_on(
    session: Session, held: Held[IncidentPart], value: IncidentPart, *, seen: int, actor: Actor, at: datetime
) -> Fact:
    """Record the next step with one person. RefusedError where what the rules ask for first is not there.

    Nobody is found guilty before they were told what of and heard; and who reported it does not decide it.
    """
    found = incident(session, value.incident)
    assert found is not None
    check_course(value, found, held.value, actor, at)
    row = held.row
    take_turn(session, row.person_id)
    statement = Statement(
        INCIDENT_PART, value, row.effective_at, source=value.incident, booking_id=row.booking_id
    )
    return state(session, row.person_id, statement, actor=actor, at=at, item=held.item, seen=seen)


def check_course(
    value: IncidentPart, told: Incident, before: IncidentPart, actor: Actor, at: datetime
) -> None:
    """RefusedError where a step misses the one before it."""
    for moment in (value.told_at, value.heard_at):
        if moment is not None and moment > at:
            raise RefusedError(
                "step_to_come", Sentence("This time is still to come. Write it when it is done.")
            )
    if value.finding and not before.finding:
        if actor.login == told.reported_by:
            raise RefusedError(
                "own_report", Sentence("You reported this yourself. Somebody else has to hear and decide it.")
            )
        if value.role is not IncidentRole.ACCUSED:
            raise RefusedError(
                "not_accused", Sentence("Only somebody who is accused can be found guilty or not.")
            )
        if not value.finding_reason.strip():
            raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    if value.finding == Finding.PROVED:
        if value.told_at is None or value.heard_at is None or not value.heard_by.strip():
            raise RefusedError(
                "not_heard",
                Sentence(
                    "Nothing is proved before the person was told what they are accused of and was heard. "
                    "Write when, and who heard them."
                ),
            )
        if value.heard_at < value.told_at:
            raise RefusedError(
                "heard_before_told",
                Sentence("The hearing lies before the person was told. Check both times."),
            )
    if value.appeal_outcome and value.appealed_on is None:
        raise RefusedError(
            "no_appeal", Sentence("Write when the person appealed before writing what came of it.")
        )


def incident(session: Session, number: str, known_at: datetime | None = None) -> Incident | None:
    """The incident with this number, as it was told at a time."""
    row = session.scalar(select(IncidentRow).where(IncidentRow.number == number.strip().upper()))
    if row is None:
        return None
    steps = logbook.steps_of(session, IncidentStep, [row.id], known_at).get(row.id)
    return None if not steps else _made(row, steps)


def incidents(
    session: Session, *, page: int = 1, size: int = 50, known_at: datetime | None = None
) -> list[Incident]:
    """A page of all incidents, or of those reported until then, the newest first."""
    wanted = select(IncidentRow).order_by(IncidentRow.id.desc())
    if known_at is not None:
        reported = select(IncidentStep.incident_id).where(IncidentStep.at <= known_at)
        wanted = wanted.where(IncidentRow.id.in_(reported))
    rows = session.scalars(wanted.limit(size).offset((page - 1) * size)).all()
    steps = logbook.steps_of(session, IncidentStep, [row.id for row in rows], known_at)
    return [_made(row, steps[row.id]) for row in rows if row.id in steps]


def history(session: Session, incident_id: int, known_at: datetime | None = None) -> list[IncidentStep]:
    """Every step, oldest first."""
    return logbook.steps_of(session, IncidentStep, [incident_id], known_at).get(incident_id, [])


def parts_in(session: Session, number: str, *, known_at: datetime | None = None) -> list[Held[IncidentPart]]:
    """What part each person had in it."""
    return held_by_target(session, INCIDENT_PART, [number], known_at=known_at)


def part_seen(session: Session, held: Held[IncidentPart]) -> int:
    """For a form: the newest row of one part."""
    return newest(session, held.row.person_id, INCIDENT_PART.name, held.item)


def note_of(step: IncidentStep) -> str:
    """The text of a note."""
    return msgspec.json.decode(step.value, type=Note).text


def report_of(step: IncidentStep) -> Report:
    """The report as a step told it."""
    return msgspec.json.decode(step.value, type=Report)


def check_report(report: Report, at: datetime) -> None:
    """RefusedError for a report that says too little, or of something still to come."""
    if not report.what.strip() or not report.place.strip():
        raise RefusedError("empty_report", Sentence("Write what happened and where."))
    if report.occurred_at > at:
        raise RefusedError("incident_to_come", Sentence("This time is still to come. Check date and time."))


def _made(row: IncidentRow, steps: list[IncidentStep]) -> Incident:
    reports = [step for step in steps if step.act == _REPORT]
    notes = tuple(step for step in steps if step.act == _NOTE)
    closing = [step for step in steps if step.act == _CLOSE]
    return Incident(
        row.id,
        row.number,
        report_of(reports[-1]),
        reports[0].by,
        notes,
        note_of(closing[-1]) if closing else "",
        steps[-1].number,
    )


def _add(
    session: Session,
    row: IncidentRow,
    number: int,
    act: str,
    value: msgspec.Struct,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    step = IncidentStep(incident_id=row.id, number=number)
    logbook.add(session, step, act, value, reason=reason, actor=actor, at=at)
    write_down(
        session, at=at, actor=actor, act=f"incident.{act}", subject=row.number, detail=f"step {number}"
    )


def _row(session: Session, number: str) -> IncidentRow:
    row = session.scalar(select(IncidentRow).where(IncidentRow.number == number))
    if row is None:
        raise RefusedError("no_incident", Sentence("There is no incident with this number."))
    return row


def _need(reason: str) -> None:
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
