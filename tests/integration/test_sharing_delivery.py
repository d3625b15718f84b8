"""Events out of a hub that works: a process that is killed, and writers that commit in another order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.biometrics.vault import Vault
from hub.custody.facts.records import Fact
from hub.database import make_engine, make_sessions, session_scope
from hub.migrations import upgrade
from hub.sharing.outbox import keys
from hub.sharing.outbox.cursor import MARGIN
from hub.sharing.outbox.records import Delivery, FactCursor, FactTaken, SharingEvent

from ..databases import missing, new_database
from ..unit.hub.outbox_world import Outbox
from ..unit.hub.site_world import World, cheap_passwords
from ..unit.hub.webhook_receiver import Receiver
from ..waiting import until

on_postgresql = pytest.mark.skipif(bool(missing()), reason=f"PostgreSQL was not tested: {missing()}")


def make(folder: Path, *, postgresql: bool | None = None) -> World:
    engine = make_engine(new_database(folder, postgresql=postgresql))
    upgrade(engine)
    return World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))


@pytest.fixture
def server_world(tmp_path: Path) -> Iterator[World]:
    made = make(tmp_path, postgresql=True)
    yield made
    made.close()


def copied(fact: Fact) -> Fact:
    names = [column.name for column in Fact.__table__.columns if column.name not in ("id", "salt")]
    return Fact(**{name: getattr(fact, name) for name in names})


@on_postgresql
def test_a_fact_that_commits_late_is_told_and_nobody_waits_for_it(server_world: World) -> None:
    outbox = Outbox(server_world)
    outbox.agree("police")
    first = outbox.admit(server_world.person("Ab"))
    second = outbox.admit(server_world.person("Bo"))
    outbox.begin()
    exchange = outbox.exchange()
    slow = server_world.sessions()
    slow.begin()
    late = copied(first)
    slow.add(late)
    slow.flush()
    with session_scope(server_world.sessions) as session:
        soon = copied(second)
        session.add(soon)
        session.flush()
        assert soon.id > late.id
        soon_id = soon.id
    exchange.gather()
    assert told(server_world) == [soon_id]
    server_world.at += MARGIN * 2
    assert exchange.gather() == 0
    late_id = late.id
    slow.commit()
    slow.close()
    exchange.gather()
    assert told(server_world) == [soon_id, late_id]
    outbox.close()


@on_postgresql
def test_once_nobody_can_come_late_the_cursor_moves_on_and_forgets(server_world: World) -> None:
    outbox = Outbox(server_world)
    outbox.agree("police")
    outbox.begin()
    exchange = outbox.exchange()
    for name in ("Ab", "Bo", "Cy"):
        outbox.admit(server_world.person(name))
        exchange.gather()
        server_world.at += MARGIN * 2
    with session_scope(server_world.sessions, writes=False) as session:
        newest = session.scalar(select(func.max(Fact.id))) or 0
        settled = session.scalars(select(FactCursor.settled)).one()
        kept = session.scalars(select(FactTaken.fact_id).order_by(FactTaken.fact_id)).all()
    assert 0 < settled < newest
    assert all(number > settled for number in kept)
    assert len(told(server_world)) == 3
    outbox.close()


def told(world: World) -> list[int | None]:
    """Facts that the police hear of, in the order of their numbers."""
    with session_scope(world.sessions, writes=False) as session:
        wanted = select(SharingEvent.fact_id).join(Delivery, Delivery.event_id == SharingEvent.id)
        return list(session.scalars(wanted.order_by(Delivery.sequence)))


class Process:
    """`pims-hub exchange` in a process of its own."""

    def __init__(self, data: Path) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "hub", "exchange", "--data", str(data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._child.stdout is not None
        assert self._child.stdout.readline() == "Exchange ready\n"

    def end(self, how: signal.Signals) -> int:
        os.kill(self._child.pid, how)
        assert self._child.stdout is not None
        self._child.stdout.close()
        return self._child.wait(30)


def test_killed_between_answer_and_record_it_sends_again_and_loses_nothing(tmp_path: Path) -> None:
    world = make(tmp_path)
    world.at = datetime.now(UTC) - timedelta(seconds=1)
    world.settings()
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    keys.prepare(folder, world.at)
    signer = keys.signer(folder)
    from wire.keys import public_bytes

    outbox = Outbox(world, signer.key)
    outbox.agree("police", starts_on=(world.at - timedelta(days=30)).date())
    outbox.begin()
    people = [world.person(f"N{'abcdefghij'[number]}") for number in range(10)]
    with Receiver(tmp_path / "agency", {signer.key_id: public_bytes(signer.key.public_key())}) as receiver:
        outbox.hook("police", receiver, pinned=True)
        for person in people:
            outbox.admit(person)
        first = Process(tmp_path)
        until(lambda: len(receiver.got) >= 1)
        first.end(signal.SIGKILL)
        # What it held when it was killed is free again once its turn has run out.
        expire(world)
        for person in people[:5]:
            outbox.release(person)
        second = Process(tmp_path)
        until(lambda: waiting(world) == 0)
        assert second.end(signal.SIGTERM) == 0
        assert receiver.forged == []
        seen: dict[str, str] = {event["id"]: event["sequence"] for event in receiver.got}
        assert sorted(seen.values()) == [f"{number:012d}" for number in range(1, 16)]
        by_person: dict[str, list[str]] = {}
        for event in receiver.got:
            order = by_person.setdefault(event["subject"], [])
            if event["id"] not in order:
                order.append(event["id"])
        assert all(order == sorted(order, key=lambda one: seen[one]) for order in by_person.values())
    outbox.close()
    world.close()


def expire(world: World) -> None:
    from sqlalchemy import update

    from hub.sharing.outbox.records import DeliverySender

    with session_scope(world.sessions) as session:
        session.execute(update(DeliverySender).values(until_at=None, retry_at=None))


def waiting(world: World) -> int:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalar(select(func.count()).select_from(Delivery)) or 0
        sent = session.scalar(select(func.count()).where(Delivery.state == "sent")) or 0
    return 15 - min(rows, sent)
