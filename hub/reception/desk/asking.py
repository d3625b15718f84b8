"""Asking a desk for somebody's fingers, taking it back, and what a person decides. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import open_booking_of
from hub.custody.records import Person
from hub.reception.desk.records import DeskSaid, FingerFinding, FingerTask, Part, TaskEvent, UnusableFinger
from hub.reception.desk.rules import (
    AT_DESK,
    GOOD_FOR,
    MOST_TASKS,
    WAITS_FOR_PERSON,
    Reason,
    Status,
    check_positions,
    in_order,
    written,
)
from hub.sentences import RefusedError, Sentence
from hub.terminals.records import Status as TerminalStatus
from hub.terminals.records import Terminal, TerminalState
from wire.enrolment import IMPRESSIONS_WANTED, Stage

DESK_IS_GONE: Final = Sentence("This desk is not there any more. Choose another.")


@dataclass(frozen=True)
class DeskLine:
    """A desk to choose: its terminal, whether it is connected, and how many tasks it has open."""

    terminal_id: int
    name: str
    online: bool
    waiting: int


@dataclass(frozen=True)
class TaskLine:
    """A task with whose fingers it is about, and where."""

    row: FingerTask
    person: Person
    terminal: str


def desks(session: Session) -> list[DeskLine]:
    """Terminals that said they are desks and may speak: those that are connected first, then by name."""
    waiting = (
        select(FingerTask.terminal_id, func.count().label("open"))
        .where(FingerTask.status == Status.OPEN)
        .group_by(FingerTask.terminal_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Terminal.id, Terminal.name, TerminalState.online, func.coalesce(waiting.c.open, 0).label("open")
        )
        .join(DeskSaid, DeskSaid.terminal_id == Terminal.id)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(waiting, waiting.c.terminal_id == Terminal.id)
        .where(Terminal.status == TerminalStatus.ACTIVE)
        .order_by(Terminal.name)
    )
    found = [DeskLine(row.id, row.name, bool(row.online), row.open) for row in rows]
    return sorted(found, key=lambda desk: not desk.online)


def take_fingers(
    session: Session,
    person: Person,
    terminal_id: int,
    positions: Collection[int],
    reason: Reason,
    *,
    name: str,
    actor: Actor,
    at: datetime,
) -> FingerTask:
    """Ask a desk for somebody's fingers; RefusedError when it cannot be asked, or is asked already.

    `name` is the task's, 32 hexadecimal digits by chance.
    """
    check_positions(positions)
    desk = next((one for one in desks(session) if one.terminal_id == terminal_id), None)
    if desk is None:
        raise RefusedError("desk", DESK_IS_GONE)
    if desk.waiting >= MOST_TASKS:
        raise RefusedError("desk_full", Sentence("This desk has enough to do. Choose another, or wait."))
    if open_booking_of(session, person.id) is None:
        raise RefusedError(
            "not_inside",
            Sentence("%(number)s is not in custody: no fingers are taken.", {"number": person.number}),
        )
    if waiting_of(session, person.id):
        raise RefusedError("asked", Sentence("Fingers of this person are asked for already."))
    task = FingerTask(
        task=name,
        person_id=person.id,
        terminal_id=terminal_id,
        positions=written(in_order(positions)),
        impressions=IMPRESSIONS_WANTED,
        reason=reason.value,
        created_at=at,
        created_by=actor.login,
        expires_at=at + GOOD_FOR,
        status=Status.OPEN,
        parts="",
        stage=Stage.WAITING,
        done=0,
        now_impressions=0,
    )
    session.add(task)
    session.flush()
    note(session, task, Status.OPEN, at=at, by=actor.login)
    write_down(session, at=at, actor=actor, act="fingers.ask", subject=person.number, detail=desk.name)
    return task


def waiting_of(session: Session, person_id: int) -> Sequence[FingerTask]:
    """Tasks of somebody that are not over."""
    over = (Status.STORED, Status.SET_ASIDE, Status.CANCELLED, Status.EXPIRED)
    wanted = select(FingerTask).where(FingerTask.person_id == person_id, FingerTask.status.not_in(over))
    return session.scalars(wanted.order_by(FingerTask.id)).all()


def find_task(session: Session, task: str) -> TaskLine | None:
    """The task of that name."""
    return next(iter(_lines(session, FingerTask.task == task)), None)


def recent_tasks(session: Session, most: int = 100) -> list[TaskLine]:
    """What waits for a person first, then what is at a desk, then the last that are over."""
    waits = _lines(session, FingerTask.status.in_(WAITS_FOR_PERSON))
    desk = _lines(session, FingerTask.status.in_(AT_DESK))
    over = _lines(session, FingerTask.status.not_in((*WAITS_FOR_PERSON, *AT_DESK)), most=most)
    return [*waits, *desk, *over]


def findings_of(session: Session, task_id: int) -> dict[int, FingerFinding]:
    """The last finding of each finger."""
    rows = session.scalars(
        select(FingerFinding).where(FingerFinding.task_id == task_id).order_by(FingerFinding.id)
    )
    return {row.position: row for row in rows}


def events_of(session: Session, task_id: int) -> Sequence[TaskEvent]:
    """Every change of a task, the oldest first."""
    return session.scalars(select(TaskEvent).where(TaskEvent.task_id == task_id).order_by(TaskEvent.id)).all()


def unusable_of(session: Session, person_id: int) -> Sequence[UnusableFinger]:
    """Every finger that could not be taken, the newest first."""
    return session.scalars(_UNUSABLE, {"person_id": person_id}).all()


_UNUSABLE: Final = (
    select(UnusableFinger)
    .where(UnusableFinger.person_id == bindparam("person_id"))
    .order_by(UnusableFinger.id.desc())
)


def cancel(session: Session, task: FingerTask, *, actor: Actor, at: datetime) -> None:
    """Take the task back from its desk; RefusedError once every finger has arrived."""
    change(session, task, (Status.OPEN,), Status.CANCELLED, at=at, by=actor.login)
    drop_parts(session, task)
    _trail(session, task, "fingers.cancel", actor, at)


def set_aside(session: Session, task: FingerTask, why: str, *, actor: Actor, at: datetime) -> None:
    """Throw away what was taken and could not be stored; RefusedError without a reason."""
    why = " ".join(why.split())
    if not 3 <= len(why) <= 200:
        raise RefusedError("note", Sentence("Write why, in at most 200 characters."))
    change(session, task, WAITS_FOR_PERSON, Status.SET_ASIDE, at=at, by=actor.login, note_text=why)
    drop_parts(session, task)
    _trail(session, task, "fingers.set_aside", actor, at)


def store_the_others(session: Session, task: FingerTask, *, actor: Actor, at: datetime) -> None:
    """Leave out the fingers of other files and let the engine store the rest."""
    left = [at_ for at_, found in findings_of(session, task.id).items() if found.what in HELD_UP]
    change(session, task, (Status.UNDECIDED,), Status.RECEIVED, at=at, by=actor.login)
    for position in left:
        add_finding(session, task, position, "set_aside", at=at)
    _trail(session, task, "fingers.store_the_others", actor, at)


HELD_UP: Final = ("already_enrolled", "too_alike")
"""Findings that a person must decide about."""


def change(
    session: Session,
    task: FingerTask,
    before: Collection[Status],
    to: Status,
    *,
    at: datetime,
    by: str,
    note_text: str = "",
) -> None:
    """From one of `before` to `to`, with its event; RefusedError when somebody else was faster."""
    changed = session.execute(
        update(FingerTask)
        .where(FingerTask.id == task.id, FingerTask.status.in_(list(before)))
        .values(status=to)
        .returning(FingerTask.id)
    ).one_or_none()
    if changed is None:
        raise RefusedError("task_moved_on", Sentence("This has changed in the meantime. Look again."))
    task.status = to
    note(session, task, to, at=at, by=by, note_text=note_text)


def note(
    session: Session, task: FingerTask, what: str, *, at: datetime, by: str, note_text: str = ""
) -> None:
    """Append an event; books of desks count by it."""
    session.add(TaskEvent(task_id=task.id, what=str(what), at=at, by=by[:64], note=note_text))
    session.flush()


def add_finding(
    session: Session,
    task: FingerTask,
    position: int,
    what: str,
    *,
    at: datetime,
    impressions: int = 0,
    number: str = "",
) -> None:
    """Append what became of one finger."""
    session.add(
        FingerFinding(
            task_id=task.id, position=position, what=what, impressions=impressions, number=number, at=at
        )
    )
    session.flush()


def drop_parts(session: Session, task: FingerTask) -> None:
    """Throw the sealed fingers away."""
    session.execute(delete(Part).where(Part.task_id == task.id))


def _trail(session: Session, task: FingerTask, act: str, actor: Actor, at: datetime) -> None:
    number = session.get_one(Person, task.person_id).number
    write_down(session, at=at, actor=actor, act=act, subject=number, detail=task.task)


def _lines(session: Session, condition: object, *, most: int = 200) -> list[TaskLine]:
    rows = session.execute(
        select(FingerTask, Person, Terminal.name)
        .join(Person, Person.id == FingerTask.person_id)
        .join(Terminal, Terminal.id == FingerTask.terminal_id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(FingerTask.id.desc())
        .limit(most)
    )
    return [TaskLine(task, person, name) for task, person, name in rows]
