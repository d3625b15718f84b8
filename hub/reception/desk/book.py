"""Keeping every desk's book current: what is open there, whom it is about, and when it is said again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.biometrics.actions import templates_for
from hub.biometrics.photos import terminal_photos_for
from hub.biometrics.vault import Vault
from hub.custody.queries import names
from hub.custody.records import Person
from hub.database import Sessions, session_scope
from hub.errors import HubError
from hub.reception.desk import officer_tasks
from hub.reception.desk.asking import change
from hub.reception.desk.looks import expire_late, late_looks, tasks_for, version_of
from hub.reception.desk.records import DeskSaid, FingerTask, TaskEvent
from hub.reception.desk.rules import AT_DESK, Status, read
from hub.roll.actions import current_version
from hub.terminals.records import Status as TerminalStatus
from hub.terminals.records import Terminal, TerminalState
from wire.codec import MAX_MESSAGE_BYTES, encode
from wire.enrolment import DOWN, DeskBook, DeskTask, DeskTasks, DeskWord, Stage, book_context
from wire.envelope import HUB, sign
from wire.keys import OpeningKey, SigningKey, public_bytes, sealing_key
from wire.roll import RollFinger
from wire.sealing import seal
from wire.topics import Channel, topic
from wire.versions import Version

PATIENCE: Final = timedelta(seconds=12)
"""A desk reports every ten seconds; one that does not hold the book by then is told again."""
KNOWN_OF_POSITION: Final = 2
KNOWN_MOST: Final = 20
"""Enrolled impressions that a desk gets of somebody: enough to notice a finger in the wrong place."""
MOST_BYTES: Final = MAX_MESSAGE_BYTES // 2

Send = Callable[[str, bytes], bool]


@dataclass(frozen=True)
class _Desk:
    terminal_id: int
    name: str
    sealing_key: bytes
    held: Version


class EnrolmentBooks:
    """Tells desks what is open there. One thread calls `tick`, several times a second."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        signing_key: SigningKey,
        receiving_key: OpeningKey,
        send: Send,
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._signing_key = signing_key
        self._receiving = public_bytes(receiving_key.public_key())
        self._send = send
        self._sent: dict[int, tuple[Version, datetime]] = {}

    def tick(self, now: datetime) -> int:
        """Look once and say what is due; gives how many messages went out."""
        with session_scope(self._sessions, writes=False) as session:
            late = [task.id for task in _late(session, now)]
            looks = [*late_looks(session, now), *officer_tasks.late_tasks(session, now)]
            work = [
                (desk, version, _tasks(session, self._vault, desk.terminal_id))
                for desk in _listening(session)
                for version in [_version(session, desk.terminal_id)]
                if self._is_due(desk, version, now)
            ]
        if late:
            self._expire(late, now)
        if looks:
            with session_scope(self._sessions) as session:
                expire_late(session, now)
                officer_tasks.expire_late(session, now)
        return sum(self._say(desk, version, tasks, now) for desk, version, tasks in work)

    def _is_due(self, desk: _Desk, version: Version, now: datetime) -> bool:
        if desk.held >= version:
            return False
        sent = self._sent.get(desk.terminal_id)
        return sent is None or sent[0] != version or now - sent[1] >= PATIENCE

    def _say(self, desk: _Desk, version: Version, tasks: DeskTasks, now: datetime) -> bool:
        plain = encode(tasks)
        if len(plain) > MOST_BYTES:
            plain = encode(DeskTasks(tasks=[_bare(task) for task in tasks.tasks]))
        sealed = seal(plain, sealing_key(desk.sealing_key), book_context(desk.name, version))
        book = DeskBook(version=version, said_at=now, receiving_key=self._receiving, sealed=sealed)
        signed = sign(DOWN, HUB, desk.name, DeskWord(book=book), self._signing_key)
        if not self._send(topic(desk.name, Channel.DESK), signed):
            return False
        self._sent[desk.terminal_id] = (version, now)
        return True

    def _expire(self, late: Sequence[int], now: datetime) -> None:
        with session_scope(self._sessions) as session:
            for task_id in late:
                task = session.get_one(FingerTask, task_id)
                try:
                    change(session, task, (Status.OPEN,), Status.EXPIRED, at=now, by="hub")
                except HubError:
                    continue  # somebody took it back, or its fingers came, since we looked


def _late(session: Session, now: datetime) -> Sequence[FingerTask]:
    """Tasks that nobody began in time; one that was begun is never ended under an officer's hands."""
    wanted = select(FingerTask).where(
        FingerTask.status == Status.OPEN, FingerTask.stage == Stage.WAITING, FingerTask.expires_at <= now
    )
    return session.scalars(wanted.limit(50)).all()


def _listening(session: Session) -> list[_Desk]:
    rows = session.execute(
        select(Terminal.id, Terminal.name, Terminal.sealing_key, DeskSaid.book_epoch, DeskSaid.book_counter)
        .join(DeskSaid, DeskSaid.terminal_id == Terminal.id)
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .where(Terminal.status == TerminalStatus.ACTIVE, TerminalState.online)
        .order_by(Terminal.name)
    )
    return [
        _Desk(row.id, row.name, row.sealing_key, Version(row.book_epoch, row.book_counter)) for row in rows
    ]


def _version(session: Session, terminal_id: int) -> Version:
    """Of one desk's book: the last thing that happened to any task, look or officer's task of it."""
    last = session.scalar(
        select(func.max(TaskEvent.id))
        .join(FingerTask, FingerTask.id == TaskEvent.task_id)
        .where(FingerTask.terminal_id == terminal_id, TaskEvent.what.in_([*Status]))
    )
    # All counts only rise, and so does their sum.
    more = version_of(session, terminal_id) + officer_tasks.version_of(session, terminal_id)
    return Version(current_version(session).epoch, (last or 0) + more)


def _tasks(session: Session, vault: Vault, terminal_id: int) -> DeskTasks:
    rows = session.scalars(
        select(FingerTask)
        .where(FingerTask.terminal_id == terminal_id, FingerTask.status.in_(AT_DESK))
        .order_by(FingerTask.id)
    ).all()
    ids = [row.person_id for row in rows]
    people, photos = names(session, ids), terminal_photos_for(session, vault, ids)
    known = templates_for(session, vault, ids)
    return DeskTasks(
        tasks=[
            _task(row, people[row.person_id], photos.get(row.person_id, b""), known.get(row.person_id, []))
            for row in rows
        ]
        + tasks_for(session, terminal_id)
        + officer_tasks.tasks_for(session, terminal_id)
    )


def _task(row: FingerTask, person: Person, photo: bytes, known: list[tuple[int, bytes]]) -> DeskTask:
    return DeskTask(
        task=row.task,
        person=person.number,
        name=f"{person.surname.upper()}, {person.given}",
        photo=photo,
        positions=read(row.positions),
        impressions=row.impressions,
        known=_some(known),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _some(known: list[tuple[int, bytes]]) -> list[RollFinger]:
    """The newest impressions of each position."""
    chosen: list[RollFinger] = []
    for position in sorted({at for at, _ in known}):
        records = [record for at, record in known if at == position]
        chosen += [RollFinger(position=position, template=record) for record in records[-KNOWN_OF_POSITION:]]
    return chosen[:KNOWN_MOST]


def _bare(task: DeskTask) -> DeskTask:
    """Without what only helps: the task itself must always get through."""
    return DeskTask(
        task=task.task,
        person=task.person,
        name=task.name,
        photo=b"",
        positions=task.positions,
        impressions=task.impressions,
        known=[],
        created_by=task.created_by,
        created_at=task.created_at,
        expires_at=task.expires_at,
    )
