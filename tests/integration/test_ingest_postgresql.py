"""The same hub on PostgreSQL: migrations, append-only tables, and two ingesters that really write side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

import hub.ingest.service
import hub.website.app  # noqa: F401 - every table is known to the metadata
from hub.accounts.audit import Actor
from hub.database import Base, make_engine, make_sessions, session_scope
from hub.ingest import worker as worker_module
from hub.ingest.inbox import Inbox
from hub.ingest.records import StoredEntry
from hub.ingest.worker import Worker
from hub.migrations import upgrade
from hub.movements.alarms.codes import CloseReason
from hub.movements.alarms.handling import Seen, close
from hub.movements.alarms.reading import open_alarms
from hub.movements.answering import Answer, answer
from hub.movements.re_enrolment import open_tasks
from hub.movements.records import FeedItem, Movement
from hub.movements.referral_desk import ReferralDesk
from hub.movements.referral_rules import Outcome
from hub.movements.referrals import open_now
from wire.happenings import Decision
from wire.keys import SigningKey
from wire.versions import Version

from ..databases import missing, new_database
from ..unit.hub.ingest_world import NOON, Gate, World, furnish

ASH, BIRCH = "P-000001", "P-000002"
pytestmark = pytest.mark.skipif(bool(missing()), reason=f"PostgreSQL was not tested: {missing()}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = make_engine(new_database(tmp_path, postgresql=True))
    upgrade(engine)
    made = World(engine, make_sessions(engine))
    furnish(made.sessions)
    yield made
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_of_the_code(world: World) -> None:
    with world.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_movement_is_never_changed(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes(ASH)
    world.take(gate.batch())

    def meddle() -> None:
        with session_scope(world.sessions) as session:
            session.connection().exec_driver_sql("UPDATE movements SET to_zone_id = 1")

    with pytest.raises(DatabaseError, match="append-only"):
        meddle()


def test_a_reading_transaction_cannot_write(world: World) -> None:
    def sneak() -> None:
        with session_scope(world.sessions, writes=False) as session:
            session.connection().exec_driver_sql("INSERT INTO roll_epochs VALUES (9, now())")

    with pytest.raises(DatabaseError, match="read-only"):
        sneak()


def test_everything_that_can_happen_to_an_entry(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    for _ in range(6):
        gate.passes(ASH)
    gate.write("from-the-future", b"\x80")
    twin = gate.twin(6)
    twin.passes(BIRCH, Decision.REFUSE)
    ((_, ack),) = world.take(gate.batch(5, 7)).acks
    assert [(span.first, span.last) for span in ack.ahead] == [(5, 7)]
    ((_, ack),) = world.take(gate.batch(1, 5), twin.batch(7), gate.batch(key=SigningKey.generate())).acks
    assert (ack.committed, ack.committed_link) == (7, gate.links[6])
    assert world.alarms() == ["quarantined", "fork"]
    assert world.zone_of(ASH) == "block-a"
    world.take(gate.state(roll=Version(1, 1)))
    gate.clock += timedelta(minutes=1)
    world.take(gate.state(last=2, session=2))
    assert world.alarms() == ["quarantined", "fork", "cut_tail"]


def test_a_referral_from_its_passage_to_its_alarm_and_its_answer(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes(None, Decision.REFER, rule="not_recognised", candidates=[ASH])
    world.take(gate.batch())
    later, desk = gate.clock + timedelta(minutes=4), ReferralDesk(world.sessions)
    assert desk.tick(later) == 1
    supervisor = Actor("sam", "here")
    with session_scope(world.sessions) as session:
        (row,) = open_now(session)
        said = Answer(Outcome.ATTESTED, ASH, "I know the person", although=True)
        answer(session, row.id, said, actor=supervisor, watches_all=True, now=later)
    gate.write("from-the-future", b"\x80")
    world.take(gate.batch(2))
    with session_scope(world.sessions) as session:
        (alarm,) = open_alarms(session, later)
        seen = [Seen(alarm.id, alarm.count)]
        close(session, seen, CloseReason.DEALT_WITH, "An old hub", actor=supervisor, at=later)
        assert open_alarms(session, later) == []
        assert open_now(session) == []
        assert session.scalars(select(Movement.method)).all() == ["ATTESTED"]
        assert len(open_tasks(session)) == 1


def test_two_ingesters_at_once_apply_everything_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = world.grant(Gate("gate-1"))
    other = world.grant(Gate("gate-2", checkpoint="workshop", journal_id=b"k" * 16))
    for _ in range(60):
        gate.passes(ASH)
        other.passes(BIRCH)
    monkeypatch.setattr(worker_module, "MAX_DELIVERIES", 3)
    workers = []
    for order in (range(1, 61, 4), range(57, 0, -4)):
        inbox = Inbox()
        for first in order:
            for one in (gate, other):
                inbox.put(one.batch(first, first + 3))
        key = SigningKey.generate()
        workers.append(
            Worker(world.sessions, inbox, key, lambda *_: True, clock=lambda: NOON, wait=lambda _: None)
        )
    problems: list[BaseException] = []

    def work(worker: Worker) -> None:
        try:
            for _ in range(100):
                worker.step()
                if not worker._held and not worker._inbox.waiting():
                    return
        except BaseException as error:  # noqa: BLE001 - brought to the test's own thread
            problems.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert world.committed(gate) == world.committed(other) == 60
    assert world.count(StoredEntry) == world.count(Movement) == len(world.feed("passage")) == 120
    assert world.alarms() == []
    ids = world.ask(lambda s: s.scalars(select(FeedItem.id).order_by(FeedItem.id)).all())
    assert len(ids) == 120
