"""An officer's fingers asked of a desk, and taken in as they come. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.actions import find_account
from hub.accounts.audit import Actor, write_down
from hub.accounts.records import Account
from hub.biometrics.officers import FEWEST_FINGERS, MOST_FINGERS, NO_CONSENT, OWN_FINGERS, officer
from hub.reception.desk.asking import DESK_IS_GONE, desks
from hub.reception.desk.officer_records import OfficerPart, OfficerTask, OfficerTaskEvent
from hub.reception.desk.rules import AT_DESK, MOST_TASKS, Status, check_positions, in_order, read, written
from hub.sentences import RefusedError, Sentence
from hub.terminals.records import Terminal
from wire.enrolment import (
    IMPRESSIONS_WANTED,
    DeskTask,
    EnrolmentPart,
    EnrolmentReceipt,
    Stage,
    TaskProgress,
)

GOOD_FOR: Final = timedelta(hours=12)
"""One shift: an officer who did not come to the desk is asked again."""


def ask_officer(
    session: Session,
    login: str,
    terminal_id: int,
    positions: Collection[int],
    *,
    name: str,
    actor: Actor,
    at: datetime,
) -> OfficerTask:
    """Ask a desk for an officer's fingers; what was asked before and not begun is taken back.

    RefusedError without a desk or consent, for one's own fingers, or for fewer than two fingers. `name` is the
    task's, 32 hexadecimal digits by chance.
    """
    held = officer(session, login)
    if held is None:
        raise RefusedError("no_officer", Sentence("There is no officer of this name at terminals."))
    if held.agreed_at is None:
        raise RefusedError("no_consent", NO_CONSENT)
    if actor.login == login:
        raise RefusedError("own_fingers", OWN_FINGERS)
    check_positions(positions)
    if not FEWEST_FINGERS <= len(positions) <= MOST_FINGERS:
        raise RefusedError("officer_fingers", Sentence("Take two to four different fingers."))
    desk = next((one for one in desks(session) if one.terminal_id == terminal_id), None)
    if desk is None:
        raise RefusedError("desk", DESK_IS_GONE)
    if desk.waiting + _open_at(session, terminal_id) >= MOST_TASKS:
        raise RefusedError("desk_full", Sentence("This desk has enough to do. Choose another, or wait."))
    account = find_account(session, login)
    for before in session.scalars(
        select(OfficerTask).where(OfficerTask.account_id == account.id, OfficerTask.status == Status.OPEN)
    ).all():
        change(session, before, Status.OPEN, Status.CANCELLED, at=at, by=actor.login)
    task = OfficerTask(
        task=name,
        account_id=account.id,
        terminal_id=terminal_id,
        positions=written(in_order(positions)),
        created_at=at,
        created_by=actor.login[:64],
        expires_at=at + GOOD_FOR,
        status=Status.OPEN,
        parts="",
        stage=Stage.WAITING,
        done=0,
        outcome="",
    )
    session.add(task)
    session.flush()
    _note(session, task, Status.OPEN, at, actor.login)
    write_down(session, at=at, actor=actor, act="officer.ask_fingers", subject=login, detail=desk.name)
    return task


def last_task(session: Session, login: str) -> tuple[OfficerTask, str] | None:
    """The newest task of an officer, with the name of its desk."""
    row = session.execute(
        select(OfficerTask, Terminal.name)
        .join(Terminal, Terminal.id == OfficerTask.terminal_id)
        .join(Account, Account.id == OfficerTask.account_id)
        .where(Account.login == login)
        .order_by(OfficerTask.id.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def cancel_officer(session: Session, task: OfficerTask, *, actor: Actor, at: datetime) -> None:
    """Take it back from its desk; RefusedError once every finger has arrived."""
    if not change(session, task, Status.OPEN, Status.CANCELLED, at=at, by=actor.login):
        raise RefusedError("task_moved_on", Sentence("This has changed in the meantime. Look again."))
    login = session.get_one(Account, task.account_id).login
    write_down(session, at=at, actor=actor, act="officer.cancel_fingers", subject=login)


def change(session: Session, task: OfficerTask, before: Status, to: Status, *, at: datetime, by: str) -> bool:
    """From `before` to `to`, with its event; False when somebody else was faster. What is over keeps no finger."""
    changed = session.execute(
        update(OfficerTask)
        .where(OfficerTask.id == task.id, OfficerTask.status == before)
        .values(status=to)
        .returning(OfficerTask.id)
    ).one_or_none()
    if changed is None:
        return False
    task.status = to
    if to not in AT_DESK:
        session.execute(delete(OfficerPart).where(OfficerPart.task_id == task.id))
    _note(session, task, to, at, by)
    return True


def version_of(session: Session, terminal_id: int) -> int:
    """What these tasks add to the counter of a desk's book: it rises with every change of one of them."""
    last = select(func.max(OfficerTaskEvent.id)).join(OfficerTask, OfficerTask.id == OfficerTaskEvent.task_id)
    return session.scalar(last.where(OfficerTask.terminal_id == terminal_id)) or 0


def tasks_for(session: Session, terminal_id: int) -> list[DeskTask]:
    """What stands of them in the book of a desk. The officer's login stands where a person's number would."""
    rows = session.execute(
        select(OfficerTask, Account.login, Account.name)
        .join(Account, Account.id == OfficerTask.account_id)
        .where(OfficerTask.terminal_id == terminal_id, OfficerTask.status.in_(AT_DESK))
        .order_by(OfficerTask.id)
    )
    return [
        DeskTask(
            task=row.task,
            person=login[:32],
            name=(name or login)[:200],
            photo=b"",
            positions=read(row.positions),
            impressions=IMPRESSIONS_WANTED,
            known=[],
            created_by=row.created_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row, login, name in rows
    ]


def late_tasks(session: Session, now: datetime) -> Sequence[OfficerTask]:
    """Tasks that nobody began in time."""
    wanted = select(OfficerTask).where(
        OfficerTask.status == Status.OPEN,
        OfficerTask.stage == Stage.WAITING,
        OfficerTask.expires_at <= now,
    )
    return session.scalars(wanted).all()


def expire_late(session: Session, now: datetime) -> int:
    """End those that nobody began in time; gives how many."""
    return sum(
        change(session, one, Status.OPEN, Status.EXPIRED, at=now, by="hub")
        for one in late_tasks(session, now)
    )


def find(session: Session, terminal_id: int, names: Collection[str]) -> dict[str, OfficerTask]:
    """Those of a desk by the names of their tasks."""
    wanted = select(OfficerTask).where(OfficerTask.terminal_id == terminal_id, OfficerTask.task.in_(names))
    return {task.task: task for task in session.scalars(wanted)}


def note_progress(session: Session, task: OfficerTask, progress: TaskProgress) -> None:
    """What the desk says about it."""
    if task.status in AT_DESK:
        task.stage, task.done = progress.stage, progress.done
        session.flush()


def take_part(session: Session, task: OfficerTask, part: EnrolmentPart, now: datetime, by: str) -> None:
    """Keep a sealed finger until it was looked at; one that nobody waits for any more is let go."""
    held = _positions(session, task)
    asked = set(read(task.positions))
    if task.status != Status.OPEN or part.position in held or not {part.position, *part.parts} <= asked:
        return
    session.add(OfficerPart(task_id=task.id, position=part.position, sealed=part.sealed, received_at=now))
    task.parts = task.parts or written(part.parts)
    session.flush()
    if {*held, part.position} >= set(read(task.parts)):
        change(session, task, Status.OPEN, Status.RECEIVED, at=now, by=by)


def receipt_of(session: Session, task: OfficerTask) -> EnrolmentReceipt:
    """What the desk may forget."""
    settled = task.status not in AT_DESK
    parts = read(task.parts) if settled else sorted(_positions(session, task))
    return EnrolmentReceipt(task=task.task, parts=parts, settled=settled)


def _open_at(session: Session, terminal_id: int) -> int:
    wanted = select(func.count()).where(
        OfficerTask.terminal_id == terminal_id, OfficerTask.status == Status.OPEN
    )
    return session.scalar(wanted) or 0


def _positions(session: Session, task: OfficerTask) -> set[int]:
    return set(session.scalars(select(OfficerPart.position).where(OfficerPart.task_id == task.id)))


def _note(session: Session, task: OfficerTask, what: Status, at: datetime, by: str) -> None:
    session.add(OfficerTaskEvent(task_id=task.id, what=what, at=at, by=by[:64]))
    session.flush()
