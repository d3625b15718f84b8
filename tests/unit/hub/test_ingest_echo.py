"""The hub's end of an echo, and what it tells of a terminal's clock that lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.database import session_scope
from hub.ingest.aside import refused_messages
from hub.ingest.clocks import reckon
from hub.ingest.doorkeeper import Delivery
from hub.ingest.echoing import answer_echo
from hub.ingest.intake import take_in
from hub.ingest.records import Boot
from hub.movements.records import Position
from wire.codec import decode, encode
from wire.echo import Echo, Echoed
from wire.envelope import HUB, sign
from wire.journal import Clock, Entry
from wire.keys import SigningKey
from wire.topics import Channel, topic

from .ingest_world import NOON, Gate, World, make_template, open_world

MS = timedelta(milliseconds=1)
WAY = timedelta(milliseconds=40)


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


def _running(gate: Gate, at: datetime) -> int:
    return int((at - gate.booted_at) / MS)


def _echo(
    world: World, gate: Gate, number: int, at: datetime, heard: tuple[int, datetime] | None = None
) -> Echoed:
    """The hub's answer to an echo that was said at `at` by the true time, whatever the terminal's wall clock shows."""
    said = Echo(
        number=number,
        boot_id=gate.boot_id,
        boot_time_ms=_running(gate, at),
        said_at=gate.clock,
        heard=None if heard is None else heard[0],
        heard_boot_ms=None if heard is None else _running(gate, heard[1]),
    )
    raw = sign("echo", gate.name, HUB, said, gate.signing_key)
    with session_scope(world.sessions) as session:
        delivery = Delivery(topic(gate.name, Channel.ECHO), raw, at + WAY)
        taken = take_in(session, [delivery], at + WAY, answers={Channel.ECHO: answer_echo})
    (terminal, reply) = taken.replies[0]
    assert (terminal, reply.channel, reply.kind) == (gate.name, Channel.ECHOED, "echoed")
    assert isinstance(reply.body, Echoed)
    return decode(encode(reply.body), Echoed)


def test_an_echo_by_another_key_is_refused(world: World, gate: Gate) -> None:
    word = Echo(number=1, boot_id=gate.boot_id, boot_time_ms=5, said_at=NOON)
    raw = sign("echo", gate.name, HUB, word, SigningKey.generate())
    with session_scope(world.sessions) as session:
        take_in(session, [Delivery(topic(gate.name, Channel.ECHO), raw, NOON)], NOON)
    assert world.ask(refused_messages) == {"forged": 1}


def test_a_broken_count_of_the_terminal_is_answered_and_teaches_nothing(world: World, gate: Gate) -> None:
    far = replace(gate, booted_at=NOON - timedelta(days=9_000))
    assert _echo(world, far, 1, NOON).number == 1
    assert world.count(Boot) == 0


def test_an_echo_comes_back_with_its_number_and_the_hubs_time(world: World, gate: Gate) -> None:
    answer = _echo(world, gate, 7, NOON)
    assert (answer.number, answer.boot_id) == (7, gate.boot_id)
    assert answer.received_at == answer.said_at == NOON + WAY


def test_two_echoes_bound_when_the_boot_began_from_both_sides(world: World, gate: Gate) -> None:
    _echo(world, gate, 1, NOON)
    _echo(world, gate, 2, NOON + timedelta(seconds=30), heard=(1, NOON + 2 * WAY))
    boot = world.ask(lambda session: session.scalars(select(Boot)).one())
    assert boot.began_after_at <= gate.booted_at <= boot.began_by_at
    assert boot.began_by_at - boot.began_after_at <= 3 * WAY


def test_an_answer_that_the_hub_never_gave_bounds_nothing(world: World, gate: Gate) -> None:
    _echo(world, gate, 1, NOON)
    _echo(world, gate, 2, NOON + timedelta(seconds=30), heard=(9, NOON + 2 * WAY))
    assert world.ask(lambda session: session.scalars(select(Boot)).one()).began_after_at is None


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("sure", list(Clock))
def test_a_scan_of_a_terminal_in_another_century_is_put_at_its_true_time(
    world: World, gate: Gate, wrong: datetime, sure: Clock
) -> None:
    _echo(world, gate, 1, NOON)
    _echo(world, gate, 2, NOON + timedelta(seconds=1), heard=(1, NOON + 2 * WAY))
    true_time = NOON + timedelta(seconds=20)
    gate.booted_at += wrong - true_time  # its boot counter runs true, its wall clock shows another century
    gate.clock, gate.sure = wrong, sure
    gate.passes("P-000001")
    world.take(gate.batch(historical=True, at=NOON + timedelta(hours=5)))
    position = world.ask(lambda session: session.scalars(select(Position)).one())
    assert abs(position.proven_at - true_time) < timedelta(seconds=1)
    assert position.clock_sure


def _entry(said: datetime, running: timedelta, sure: Clock) -> Entry:
    return Entry(
        sequence=1,
        boot_id="0" * 32,
        boot_time_ms=int(running / MS),
        wall_time=said,
        clock=sure,
        kind="passage",
        body=b"",
    )


def test_false_network_time_is_not_believed_below_the_bound() -> None:
    began = NOON - timedelta(hours=2)
    entry = _entry(NOON - timedelta(hours=3), timedelta(hours=1), Clock.SYNCHRONISED)
    moment = reckon(
        entry, NOON, began + timedelta(minutes=2), historical=True, began_after=began - timedelta(minutes=2)
    )
    assert moment.at == began - timedelta(minutes=2) + timedelta(hours=1)
    assert not moment.sure


def test_a_true_clock_between_wide_bounds_is_believed() -> None:
    entry = _entry(NOON - timedelta(minutes=30), timedelta(hours=1), Clock.SYNCHRONISED)
    moment = reckon(entry, NOON, NOON, historical=True, began_after=NOON - timedelta(hours=4))
    assert (moment.at, moment.sure) == (NOON - timedelta(minutes=30), True)
