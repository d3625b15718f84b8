"""The writing thread: nothing is answered that is not committed, nothing is lost that was not."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import event, select

from hub.database import make_engine, make_sessions
from hub.ingest import intake
from hub.ingest import worker as worker_module
from hub.ingest.doorkeeper import Delivery
from hub.ingest.inbox import Inbox
from hub.ingest.records import Quarantined, StoredEntry
from hub.ingest.worker import Worker
from hub.movements.records import Movement
from wire.codec import decode
from wire.envelope import HUB, open_envelope
from wire.journal import Ack
from wire.keys import SigningKey

from .ingest_world import NOON, Gate, World, make_template, open_world

ASH = "P-000001"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


@pytest.fixture
def gate(world: World) -> Gate:
    return world.grant(Gate("gate-1"))


@dataclass
class Post:
    """Where acknowledgements go; `broken` loses them all."""

    hub_key: SigningKey = field(default_factory=SigningKey.generate)
    acks: list[Ack] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    broken: bool = False

    def send(self, topic: str, payload: bytes) -> bool:
        if self.broken:
            return False
        assert topic == "pims/down/gate-1/ack"
        key = self.hub_key.public_key()
        self.acks.append(
            decode(open_envelope(payload, kind="ack", sender=HUB, receiver="gate-1", key=key), Ack)
        )
        return True


def _worker(world: World, post: Post) -> tuple[Worker, Inbox]:
    inbox = Inbox()
    worker = Worker(
        world.sessions, inbox, post.hub_key, post.send, clock=lambda: NOON, wait=post.waits.append
    )
    return worker, inbox


@pytest.mark.sqlite
def test_a_locked_database_gets_no_answer_and_loses_nothing(
    world: World, gate: Gate, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.passes(ASH)
    post = Post()
    worker, inbox = _worker(world, post)
    inbox.put(gate.batch())
    other = sqlite3.connect(world.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("hub.database.BUSY_TIMEOUT_MS", 50)
    world.engine.dispose()
    with caplog.at_level(logging.WARNING):
        assert not worker.step()
        assert not worker.step()
    assert post.acks == []
    assert len(post.waits) == 2
    assert "nothing acknowledged" in caplog.text
    other.execute("COMMIT")
    assert worker.step()
    assert [ack.committed for ack in post.acks] == [1]
    other.close()


@pytest.mark.sqlite
def test_a_full_database_gets_no_answer_until_there_is_room(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    post = Post()
    worker, inbox = _worker(world, post)
    # One connection and a page limit just above what is used: SQLite then says that the disk is full.
    engine = make_engine(str(world.engine.url))
    full = make_sessions(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")  # pages that dropped tables left would be room
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    worker._sessions = full

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + room}")

    room = 0
    event.listen(engine, "connect", limit)
    engine.dispose()
    body = b"\x80" * 12_000
    gate.write("large", body)
    inbox.put(gate.batch())
    assert not worker.step()
    assert post.acks == []
    room = 1000
    engine.dispose()
    assert worker.step()
    assert [ack.committed for ack in post.acks] == [2]
    engine.dispose()


def test_killed_between_commit_and_answer_the_resend_is_a_duplicate(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    post = Post(broken=True)
    worker, inbox = _worker(world, post)
    inbox.put(gate.batch())
    assert worker.step()
    assert world.committed(gate) == 1
    assert post.acks == []
    after = Post()
    again, inbox = _worker(world, after)
    inbox.put(gate.batch())
    assert again.step()
    assert [(ack.committed, ack.committed_link) for ack in after.acks] == [(1, gate.links[0])]
    assert world.count(StoredEntry) == world.count(Movement) == 1


def test_killed_before_the_commit_nothing_is_there_and_the_resend_is_new(
    world: World, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.passes(ASH)
    post = Post()
    worker, inbox = _worker(world, post)
    inbox.put(gate.batch())

    class Killed(BaseException):
        """Passes through everything, as a kill does."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(intake, "ack_of", die)
        with pytest.raises(Killed):
            worker.step()
    assert world.count(StoredEntry) == world.count(Movement) == 0
    assert post.acks == []
    worker, inbox = _worker(world, post)
    inbox.put(gate.batch())
    assert worker.step()
    assert [ack.committed for ack in post.acks] == [1]


def test_one_message_that_breaks_applying_is_quarantined_and_holds_up_nobody(
    world: World, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.grant(Gate("gate-2", checkpoint="workshop", journal_id=b"k" * 16))
    gate.passes(ASH)
    other.passes("P-000002")
    real = worker_module.take_in

    def breaks_on_gate_1(
        session: object, deliveries: list[Delivery], now: object, *, trusting: bool, answers: object
    ) -> object:
        if trusting and any("gate-1" in delivery.topic for delivery in deliveries):
            raise ZeroDivisionError
        return real(session, deliveries, now, trusting=trusting)  # type: ignore[arg-type]

    monkeypatch.setattr(worker_module, "take_in", breaks_on_gate_1)
    sent: list[str] = []
    inbox = Inbox()

    def send(topic: str, _payload: bytes) -> bool:
        sent.append(topic)
        return True

    worker = Worker(
        world.sessions, inbox, SigningKey.generate(), send, clock=lambda: NOON, wait=lambda _: None
    )
    inbox.put(gate.batch())
    inbox.put(other.batch())
    assert worker.step()
    assert world.zone_of("P-000002") == "workshop"
    assert sorted(sent) == ["pims/down/gate-1/ack", "pims/down/gate-2/ack"]
    assert world.ask(lambda s: s.scalars(select(Quarantined.reason)).all()) == ["failed"]


def test_two_ingesters_at_once_apply_everything_once(world: World, gate: Gate) -> None:
    for _ in range(60):
        gate.passes(ASH)
    post = Post()
    workers = [_worker(world, post) for _ in range(2)]
    # Each gets everything, in pieces of its own and in another order.
    for first in range(1, 61, 4):
        workers[0][1].put(gate.batch(first, first + 3))
    for first in range(55, 0, -6):
        workers[1][1].put(gate.batch(first, first + 5))
    problems: list[BaseException] = []

    def work(worker: Worker) -> None:
        try:
            while worker.step():
                pass
        except BaseException as error:  # noqa: BLE001 - brought to the test's own thread
            problems.append(error)

    worker_module.MAX_DELIVERIES = 3
    try:
        threads = [threading.Thread(target=work, args=(worker,)) for worker, _ in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    finally:
        worker_module.MAX_DELIVERIES = 400
    assert problems == []
    assert world.committed(gate) == 60
    assert world.count(StoredEntry) == world.count(Movement) == len(world.feed("passage")) == 60
    assert world.alarms() == []


def test_a_full_inbox_turns_away_and_says_so(
    world: World, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    gate.passes(ASH)
    inbox = Inbox(max_deliveries=1)
    assert inbox.put(gate.batch())
    assert not inbox.put(gate.batch())
    post = Post()
    worker = Worker(
        world.sessions, inbox, post.hub_key, post.send, clock=lambda: NOON, wait=post.waits.append
    )
    with caplog.at_level(logging.WARNING):
        assert worker.step()
    assert "turned away" in caplog.text
    assert [ack.committed for ack in post.acks] == [1]


def test_logs_name_nobody(world: World, gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    gate.passes(ASH)
    gate.passes("P-999999")
    post = Post()
    worker, inbox = _worker(world, post)
    inbox.put(gate.batch())
    inbox.put(gate.batch(key=SigningKey.generate()))
    with caplog.at_level(logging.DEBUG, logger="hub"):
        worker.step()
    fields = " ".join(str(getattr(record, "fields", "")) + record.getMessage() for record in caplog.records)
    assert "forged" in fields
    assert "Ash" not in fields
    assert "P-0" not in fields
