"""A desk as the hub hears it: reports, sealed fingers, and what the hub said back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from edge.enrolment.judging import pack
from hub.accounts.audit import Actor
from hub.biometrics.images import read_image
from hub.biometrics.vault import Vault
from hub.custody.records import Person
from hub.database import session_scope
from hub.ingest.doorkeeper import Delivery
from hub.ingest.enrolling import answer_enrolment
from hub.ingest.intake import Taken, take_in
from hub.reception.desk import asking
from hub.reception.desk.book import EnrolmentBooks
from hub.reception.desk.processing import EnrolmentWork
from hub.reception.desk.records import FingerTask
from hub.reception.desk.rules import Reason
from hub.terminals.records import Terminal
from wire.codec import decode, encode
from wire.enrolment import (
    DOWN,
    KIND,
    DeskReport,
    DeskTask,
    DeskTasks,
    DeskWord,
    EnrolmentPart,
    EnrolmentReceipt,
    EnrolmentWord,
    Impression,
    Stage,
    TakenFinger,
    TaskProgress,
    Unusable,
    book_context,
    part_context,
)
from wire.envelope import HUB, open_envelope, sign
from wire.keys import OpeningKey, SigningKey
from wire.sealing import seal, unseal
from wire.topics import Channel, topic
from wire.versions import NOTHING, Version

from .ingest_world import NOON, Gate, World

Prints = dict[tuple[int, int], bytes]
ADA = Actor("ada", "10.0.0.1")


@dataclass
class Hub:
    """The hub's side of enrolment over a world, with the vault and keys of its own."""

    world: World
    vault: Vault = field(default_factory=lambda: Vault(b"v" * 32))
    signing: SigningKey = field(default_factory=SigningKey.generate)
    receiving: OpeningKey = field(default_factory=OpeningKey.generate)
    at: datetime = NOON
    said: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.books = self.new_books()
        self.work = EnrolmentWork(self.world.sessions, self.vault, self.receiving, lambda: self.at)

    def new_books(self) -> EnrolmentBooks:
        return EnrolmentBooks(self.world.sessions, self.vault, self.signing, self.receiving, self._send)

    def _send(self, to: str, raw: bytes) -> bool:
        self.said.append((to, raw))
        return True

    def tick(self) -> int:
        return self.books.tick(self.at)

    def later(self, **parts: float) -> None:
        self.at += timedelta(**parts)

    def take(self, *deliveries: Delivery) -> Taken:
        with session_scope(self.world.sessions) as session:
            return take_in(session, deliveries, self.at, answers={Channel.ENROLMENT: answer_enrolment})

    def ask(
        self, desk: Desk, person: str = "P-000001", positions: Sequence[int] = (2, 7), name: str = "a" * 32
    ) -> FingerTask:
        with session_scope(self.world.sessions) as session:
            somebody = session.scalars(select(Person).where(Person.number == person)).one()
            terminal = session.scalars(select(Terminal.id).where(Terminal.name == desk.gate.name)).one()
            return asking.take_fingers(
                session, somebody, terminal, positions, Reason.MORE, name=name, actor=ADA, at=self.at
            )

    def task(self, name: str = "a" * 32) -> FingerTask:
        with session_scope(self.world.sessions, writes=False) as session:
            return session.scalars(select(FingerTask).where(FingerTask.task == name)).one()

    def findings(self, name: str = "a" * 32) -> dict[int, str]:
        with session_scope(self.world.sessions, writes=False) as session:
            found = asking.findings_of(session, self.task(name).id)
            return {position: one.what for position, one in found.items()}


@dataclass
class Desk:
    """A terminal that is a desk."""

    gate: Gate
    hub: Hub
    book: Version = NOTHING

    def says(self, word: EnrolmentWord, key: SigningKey | None = None) -> Delivery:
        raw = sign(KIND, self.gate.name, HUB, word, key or self.gate.signing_key)
        return Delivery(topic(self.gate.name, Channel.ENROLMENT), raw, self.hub.at)

    def report(self, *tasks: TaskProgress, kept: Sequence[str] = ()) -> Delivery:
        report = DeskReport(book=self.book, said_at=self.hub.at, tasks=list(tasks), kept=list(kept))
        return self.says(EnrolmentWord(report=report))

    def arrive(self) -> None:
        """Connect, and say that it is a desk."""
        self.hub.take(self.gate.state(), self.report())

    def hears(self) -> list[DeskTask]:
        """Opens the last book and holds it."""
        to, raw = self.hub.said[-1]
        assert to == topic(self.gate.name, Channel.DESK)
        key = self.hub.signing.public_key()
        word = decode(open_envelope(raw, kind=DOWN, sender=HUB, receiver=self.gate.name, key=key), DeskWord)
        assert word.book is not None
        plain = unseal(
            word.book.sealed, self.gate.opening_key, book_context(self.gate.name, word.book.version)
        )
        self.book = word.book.version
        return decode(plain, DeskTasks).tasks

    def finger(
        self, position: int, images: Sequence[bytes], *, task: str = "a" * 32, parts: Sequence[int] = (2, 7)
    ) -> Delivery:
        """A sealed finger of those images."""
        impressions = [
            pack(read_image(png), dpi=500, sensor="zfm", at=self.hub.at, quality=60) for png in images
        ]
        return self.part(self.taken(position, impressions, task=task), parts=parts)

    def left_out(self, position: int, reason: Unusable, *, parts: Sequence[int] = (2, 7)) -> Delivery:
        return self.part(self.taken(position, [], unusable=reason, note="by hand"), parts=parts)

    def taken(
        self,
        position: int,
        impressions: list[Impression],
        *,
        task: str = "a" * 32,
        unusable: Unusable | None = None,
        note: str = "",
    ) -> TakenFinger:
        return TakenFinger(
            task=task,
            position=position,
            operator="officer-7",
            impressions=impressions,
            taken_at=self.hub.at,
            unusable=unusable,
            note=note,
        )

    def part(
        self,
        taken: TakenFinger,
        *,
        parts: Sequence[int] = (2, 7),
        position: int | None = None,
        key: SigningKey | None = None,
    ) -> Delivery:
        at = taken.position if position is None else position
        context = part_context(self.gate.name, taken.task, at)
        sealed = seal(encode(taken), self.hub.receiving.public_key(), context)
        part = EnrolmentPart(task=taken.task, position=at, parts=list(parts), sealed=sealed)
        return self.says(EnrolmentWord(part=part), key)


def progress(
    stage: Stage, done: int = 0, *, task: str = "a" * 32, position: int | None = None
) -> TaskProgress:
    return TaskProgress(task=task, stage=stage, done=done, of=2, position=position, impressions=0)


def receipts(taken: Taken) -> list[EnrolmentReceipt]:
    """What goes back to desks."""
    bodies = [reply.body for _, reply in taken.replies]
    return [body.receipt for body in bodies if isinstance(body, DeskWord) and body.receipt is not None]
