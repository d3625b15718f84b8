"""What desks say: how far they are, and fingers, sealed. Kept at once; looked at later, by `processing`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.reception.desk import looks, officer_tasks
from hub.reception.desk.asking import change, note
from hub.reception.desk.records import DeskSaid, FingerTask, Part
from hub.reception.desk.rules import AT_DESK, Status, read, written
from wire.codec import decode
from wire.enrolment import DeskReport, DeskWord, EnrolmentPart, EnrolmentReceipt, EnrolmentWord, Stage
from wire.errors import Refusal, WireError


def take_word(
    session: Session, terminal_id: int, terminal: str, body: bytes, now: datetime
) -> list[DeskWord]:
    """Take in one word of a desk; what is to be answered. WireError when it is not about a task of that desk."""
    word = decode(body, EnrolmentWord)
    answers: list[DeskWord] = []
    if word.report is not None:
        answers += _take_report(session, terminal_id, terminal, word.report, now)
    if word.part is not None:
        answers.append(_take_part(session, terminal_id, terminal, word.part, now))
    return answers


def _take_report(
    session: Session, terminal_id: int, terminal: str, report: DeskReport, now: datetime
) -> list[DeskWord]:
    said = session.get(DeskSaid, terminal_id)
    if said is None:
        said = DeskSaid(terminal_id=terminal_id)
        session.add(said)
    said.book_epoch, said.book_counter = report.book.epoch, report.book.counter
    said.refused, said.heard_at = report.refused, now
    mine = _tasks(session, terminal_id, [one.task for one in report.tasks])
    asked = looks.find(session, terminal_id, [one.task for one in report.tasks])
    officers = officer_tasks.find(session, terminal_id, [one.task for one in report.tasks])
    for progress in report.tasks:
        if progress.task in officers:
            officer_tasks.note_progress(session, officers[progress.task], progress)
        if progress.task in asked:
            looks.note_progress(session, asked[progress.task], progress, now)
        task = mine.get(progress.task)
        if task is None or task.status not in AT_DESK:
            continue
        if task.progress_at is None:
            note(session, task, "seen", at=now, by=terminal)
        if task.stage == Stage.WAITING and progress.stage is not Stage.WAITING:
            note(session, task, "begun", at=now, by=terminal)
        task.stage, task.done = progress.stage, progress.done
        task.now_position, task.now_impressions = progress.position, progress.impressions
        task.progress_at = now
    session.flush()
    kept = _tasks(session, terminal_id, report.kept)
    held = looks.find(session, terminal_id, report.kept)
    receipts = [_receipt(session, task) for task in kept.values()]
    receipts += [looks.receipt_of(look) for look in held.values()]
    of_officers = officer_tasks.find(session, terminal_id, report.kept).values()
    receipts += [officer_tasks.receipt_of(session, one) for one in of_officers]
    return [DeskWord(receipt=receipt) for receipt in receipts]


def _take_part(
    session: Session, terminal_id: int, terminal: str, part: EnrolmentPart, now: datetime
) -> DeskWord:
    task = _tasks(session, terminal_id, [part.task]).get(part.task)
    look = looks.find(session, terminal_id, [part.task]).get(part.task)
    if look is not None:
        looks.take_part(session, look, part, now, terminal)
        return DeskWord(receipt=looks.receipt_of(look))
    of_officer = officer_tasks.find(session, terminal_id, [part.task]).get(part.task)
    if of_officer is not None:
        officer_tasks.take_part(session, of_officer, part, now, terminal)
        return DeskWord(receipt=officer_tasks.receipt_of(session, of_officer))
    if task is None:
        raise WireError(Refusal.WRONG_SENDER, "The finger is of no task of that desk.")
    if part.position not in part.parts or not set(part.parts) <= set(read(task.positions)):
        raise WireError(Refusal.MALFORMED, "The finger is not one that the task asked for.")
    # A task that is over takes nothing more: its receipt tells the desk to let go.
    if task.status == Status.OPEN and part.position not in _positions(session, task):
        session.add(Part(task_id=task.id, position=part.position, sealed=part.sealed, received_at=now))
        task.parts = task.parts or written(part.parts)
        session.flush()
        if _positions(session, task) >= set(read(task.parts)):
            change(session, task, (Status.OPEN,), Status.RECEIVED, at=now, by=terminal)
    return DeskWord(receipt=_receipt(session, task))


def _receipt(session: Session, task: FingerTask) -> EnrolmentReceipt:
    """`settled` when the desk's copy is of no more use: the fingers are in the vault or nobody wants them."""
    settled = task.status not in AT_DESK
    parts = read(task.parts) if settled else sorted(_positions(session, task))
    return EnrolmentReceipt(task=task.task, parts=parts, settled=settled)


def _positions(session: Session, task: FingerTask) -> set[int]:
    return set(session.scalars(select(Part.position).where(Part.task_id == task.id)))


def _tasks(session: Session, terminal_id: int, names: Collection[str]) -> dict[str, FingerTask]:
    wanted = select(FingerTask).where(FingerTask.terminal_id == terminal_id, FingerTask.task.in_(names))
    return {task.task: task for task in session.scalars(wanted)}
