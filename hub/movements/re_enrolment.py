"""Fingers to be taken again: opened by attested passages and repeated referrals, closed by new impressions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Person
from hub.movements.duty_records import ReEnrolment
from hub.movements.standing import procedure_of
from hub.sentences import RefusedError, Sentence


class Why(StrEnum):
    """What opened it."""

    ATTESTED = "attested"
    OFTEN_REFERRED = "often_referred"
    ASKED_FOR = "asked_for"


@dataclass(frozen=True)
class Task:
    """An open task and whose fingers it is about."""

    row: ReEnrolment
    person: Person


def open_task(session: Session, person_id: int, why: Why, *, at: datetime, by: str, note: str = "") -> bool:
    """Ask for new fingers; False when that is asked already, or a standing procedure says there are none."""
    if task_of(session, person_id) is not None or procedure_of(session, person_id) is not None:
        return False
    session.add(
        ReEnrolment(person_id=person_id, reason=why.value, note=note[:200], opened_at=at, opened_by=by)
    )
    session.flush()
    return True


def task_of(session: Session, person_id: int) -> ReEnrolment | None:
    """The open task of somebody."""
    return session.scalar(_OPEN, {"person_id": person_id})


_OPEN: Final = select(ReEnrolment).where(
    ReEnrolment.person_id == bindparam("person_id"), ReEnrolment.closed_at.is_(None)
)


def open_tasks(session: Session) -> list[Task]:
    """Everybody whose fingers are to be taken again, longest waiting first."""
    rows = session.execute(
        select(ReEnrolment, Person)
        .join(Person, Person.id == ReEnrolment.person_id)
        .where(ReEnrolment.closed_at.is_(None))
        .order_by(ReEnrolment.opened_at, ReEnrolment.id)
    )
    return [Task(row, person) for row, person in rows]


def note_enrolled(session: Session, person_id: int, *, at: datetime, by: str) -> int:
    """New impressions of somebody are stored: their open task is done. Gives how many were closed."""
    row = task_of(session, person_id)
    if row is None:
        return 0
    row.closed_at, row.closed_by, row.closed_by_fingers = at, by, True
    session.flush()
    return 1


def assign_task(session: Session, task_id: int, *, actor: Actor, at: datetime) -> None:
    """`actor` looks after it from now on; RefusedError when it is closed or unknown."""
    row = _open(session, task_id)
    row.assigned_to, row.assigned_at = actor.login, at
    write_down(session, at=at, actor=actor, act="re_enrolment.take", subject=_number(session, row))


def close_task(session: Session, task_id: int, note: str, *, actor: Actor, at: datetime) -> None:
    """Close it without new fingers; RefusedError without a note, or when it is closed or unknown."""
    row, note = _open(session, task_id), " ".join(note.split())
    if not 3 <= len(note) <= 200:
        raise RefusedError(
            "note", Sentence("Write why no new fingers are needed, in at most 200 characters.")
        )
    row.closed_at, row.closed_by, row.closed_by_fingers, row.close_note = at, actor.login, False, note
    write_down(session, at=at, actor=actor, act="re_enrolment.close", subject=_number(session, row))
    session.flush()


def _open(session: Session, task_id: int) -> ReEnrolment:
    row = session.get(ReEnrolment, task_id, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        raise RefusedError("task_closed", Sentence("This task is closed already. Open the list again."))
    return row


def _number(session: Session, row: ReEnrolment) -> str:
    return session.get_one(Person, row.person_id).number
