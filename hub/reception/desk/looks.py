"""One finger at a desk, asked whose it is or whether it is that person's. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.queries import names
from hub.custody.records import Person
from hub.reception.desk.asking import DESK_IS_GONE, desks
from hub.reception.desk.look_records import DeskLook, LookEvent
from hub.reception.desk.rules import MOST_TASKS
from hub.sentences import RefusedError, Sentence
from wire.enrolment import DeskTask, EnrolmentPart, EnrolmentReceipt, Stage, TaskProgress

GOOD_FOR: Final = timedelta(minutes=30)
"""Whoever asks waits for the answer: a look that nobody began by then was given up."""
NOT_KNOWN_YET: Final = "?"
"""Stands for the number of somebody who is asked after."""


class LookStatus(StrEnum):
    """How a look stands."""

    OPEN = "OPEN"
    RECEIVED = "RECEIVED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class Outcome(StrEnum):
    """What a look found: `KNOWN` and `NOBODY` say whose finger it is, `SAME` and `OTHER` whether it is the person's."""

    KNOWN = "known"
    NOBODY = "nobody"
    SAME = "same"
    OTHER = "other"
    NO_FINGERS = "no_fingers"
    UNREADABLE = "unreadable"
    UNUSABLE = "unusable"


AT_DESK: Final = (LookStatus.OPEN, LookStatus.RECEIVED)


def ask_look(
    session: Session,
    terminal_id: int,
    *,
    subject: str,
    person: Person | None,
    position: int,
    name: str,
    actor: Actor,
    at: datetime,
) -> DeskLook:
    """Ask a desk for one finger; an open look of the same subject is taken back first. RefusedError without a desk.

    `name` is the task's, 32 hexadecimal digits by chance.
    """
    desk = next((one for one in desks(session) if one.terminal_id == terminal_id), None)
    if desk is None:
        raise RefusedError("desk", DESK_IS_GONE)
    if not 1 <= position <= 10:
        raise RefusedError("position", Sentence("Say which finger it is, from 1 to 10."))
    for open_one in session.scalars(
        select(DeskLook).where(DeskLook.subject == subject, DeskLook.status == LookStatus.OPEN)
    ):
        change(session, open_one, LookStatus.OPEN, LookStatus.CANCELLED, at=at, by=actor.login)
    waiting = (
        select(func.count())
        .select_from(DeskLook)
        .where(DeskLook.terminal_id == terminal_id, DeskLook.status == LookStatus.OPEN)
    )
    if (session.scalar(waiting) or 0) + desk.waiting >= MOST_TASKS:
        raise RefusedError("desk_full", Sentence("This desk has enough to do. Choose another, or wait."))
    look = DeskLook(
        task=name,
        terminal_id=terminal_id,
        person_id=None if person is None else person.id,
        subject=subject,
        position=position,
        created_at=at,
        created_by=actor.login[:64],
        expires_at=at + GOOD_FOR,
        status=LookStatus.OPEN,
        stage=Stage.WAITING,
        outcome="",
        numbers="",
        operator="",
    )
    session.add(look)
    session.flush()
    _note(session, look, LookStatus.OPEN, at, actor.login)
    number = "" if person is None else person.number
    write_down(session, at=at, actor=actor, act="finger.ask", subject=number, detail=desk.name)
    return look


def look_of(session: Session, subject: str) -> DeskLook | None:
    """The newest look that was asked for by this admission or release."""
    wanted = select(DeskLook).where(DeskLook.subject == subject).order_by(DeskLook.id.desc()).limit(1)
    return session.scalar(wanted)


def cancel_looks(session: Session, subject: str, *, actor: Actor, at: datetime) -> None:
    """Take back what is still open; nothing happens when nothing is."""
    for look in session.scalars(
        select(DeskLook).where(DeskLook.subject == subject, DeskLook.status == LookStatus.OPEN)
    ).all():
        change(session, look, LookStatus.OPEN, LookStatus.CANCELLED, at=at, by=actor.login)


def change(
    session: Session, look: DeskLook, before: LookStatus, to: LookStatus, *, at: datetime, by: str
) -> bool:
    """From `before` to `to`, with its event; False when somebody else was faster."""
    changed = session.execute(
        update(DeskLook)
        .where(DeskLook.id == look.id, DeskLook.status == before)
        .values(status=to)
        .returning(DeskLook.id)
    ).one_or_none()
    if changed is None:
        return False
    look.status = to
    _note(session, look, to, at, by)
    return True


def version_of(session: Session, terminal_id: int) -> int:
    """What looks add to the counter of a desk's book: it rises with every change of one of them."""
    last = select(func.max(LookEvent.id)).join(DeskLook, DeskLook.id == LookEvent.look_id)
    return session.scalar(last.where(DeskLook.terminal_id == terminal_id)) or 0


def tasks_for(session: Session, terminal_id: int) -> list[DeskTask]:
    """What stands of looks in the book of a desk."""
    rows = session.scalars(
        select(DeskLook)
        .where(DeskLook.terminal_id == terminal_id, DeskLook.status.in_(AT_DESK))
        .order_by(DeskLook.id)
    ).all()
    people = names(session, [row.person_id for row in rows if row.person_id is not None])
    return [_task(row, None if row.person_id is None else people[row.person_id]) for row in rows]


def late_looks(session: Session, now: datetime) -> Sequence[DeskLook]:
    """Looks that nobody began in time."""
    wanted = select(DeskLook).where(
        DeskLook.status == LookStatus.OPEN, DeskLook.stage == Stage.WAITING, DeskLook.expires_at <= now
    )
    return session.scalars(wanted).all()


def expire_late(session: Session, now: datetime) -> int:
    """End looks that nobody began in time; gives how many."""
    late = late_looks(session, now)
    return sum(change(session, one, LookStatus.OPEN, LookStatus.EXPIRED, at=now, by="hub") for one in late)


def find(session: Session, terminal_id: int, tasks: Collection[str]) -> dict[str, DeskLook]:
    """Looks of a desk by the names of their tasks."""
    wanted = select(DeskLook).where(DeskLook.terminal_id == terminal_id, DeskLook.task.in_(tasks))
    return {look.task: look for look in session.scalars(wanted)}


def note_progress(session: Session, look: DeskLook, progress: TaskProgress, now: datetime) -> None:
    """What the desk says about it."""
    if look.status in AT_DESK:
        look.stage, look.progress_at = progress.stage, now
        session.flush()


def take_part(session: Session, look: DeskLook, part: EnrolmentPart, now: datetime, by: str) -> None:
    """Keep the sealed finger until it was looked at; one that nobody waits for any more is let go."""
    if look.status == LookStatus.OPEN and part.position == look.position:
        look.sealed = part.sealed
        change(session, look, LookStatus.OPEN, LookStatus.RECEIVED, at=now, by=by)


def receipt_of(look: DeskLook) -> EnrolmentReceipt:
    """What the desk may forget."""
    here = look.status not in (LookStatus.OPEN, LookStatus.CANCELLED, LookStatus.EXPIRED)
    return EnrolmentReceipt(
        task=look.task, parts=[look.position] if here else [], settled=look.status not in AT_DESK
    )


def _note(session: Session, look: DeskLook, what: LookStatus, at: datetime, by: str) -> None:
    session.add(LookEvent(look_id=look.id, what=what, at=at, by=by[:64]))
    session.flush()


def _task(look: DeskLook, person: Person | None) -> DeskTask:
    return DeskTask(
        task=look.task,
        person=NOT_KNOWN_YET if person is None else person.number,
        name=NOT_KNOWN_YET if person is None else f"{person.surname.upper()}, {person.given}",
        photo=b"",
        positions=[look.position],
        impressions=1,
        known=[],
        created_by=look.created_by,
        created_at=look.created_at,
        expires_at=look.expires_at,
    )
