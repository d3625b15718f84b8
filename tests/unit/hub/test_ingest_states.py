"""What terminals say of themselves: presence, receipts, and journals that end before they should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.ingest.aside import refused_messages
from hub.ingest.records import CutTail, Fork
from hub.roll.records import RollReceipt
from hub.terminals.records import TerminalState
from wire.keys import SigningKey
from wire.versions import Version

from .ingest_world import Gate, World, make_template, open_world

ASH = "P-000001"
LATER = timedelta(minutes=1)


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


def _online(world: World) -> bool | None:
    found: bool | None = world.ask(lambda s: s.scalar(select(TerminalState.online)))
    return found


def _presence(world: World) -> list[str]:
    return [line["what"] for line in world.feed("terminal") if line["what"] in ("online", "offline")]


def test_a_forged_state_is_refused(world: World, gate: Gate) -> None:
    good = gate.signing_key
    gate.signing_key = SigningKey.generate()
    world.take(gate.state())
    gate.signing_key = good
    assert world.ask(refused_messages) == {"forged": 1}
    assert _online(world) is None


def test_a_late_death_of_an_older_session_is_ignored(world: World, gate: Gate) -> None:
    world.take(gate.state(session=4))
    taken = world.take(gate.state(session=3, online=False))
    assert taken.old_states == 1
    assert _online(world) is True
    assert _presence(world) == ["online"]


def test_coming_and_going_are_lines_of_the_feed_and_staying_is_not(world: World, gate: Gate) -> None:
    world.take(gate.state(session=1))
    world.take(gate.state(session=1))
    world.take(gate.state(session=1, online=False))
    world.take(gate.state(session=2))
    assert _presence(world) == ["online", "offline", "online"]


def test_a_reported_roll_version_is_a_receipt_once(world: World, gate: Gate) -> None:
    world.take(gate.state())
    for _ in range(3):
        world.take(gate.state(roll=Version(1, 7)))
    receipts = world.ask(lambda s: s.execute(select(RollReceipt.epoch, RollReceipt.counter)).all())
    assert [tuple(row) for row in receipts] == [(1, 7)]
    assert [line["version"] for line in world.feed("roll")] == ["1.7"]


def test_a_cut_tail_is_an_alarm_once(world: World, gate: Gate) -> None:
    for _ in range(5):
        gate.passes(ASH)
    world.take(gate.batch())
    gate.clock += LATER
    for _ in range(2):
        world.take(gate.state(last=3))
    assert world.alarms() == ["cut_tail"]
    (line,) = world.feed("alarm")
    assert (line["sequence"], line["held"]) == (3, 5)
    assert world.count(CutTail) == 1


def test_an_old_state_that_the_broker_kept_is_no_cut_tail(world: World, gate: Gate) -> None:
    kept = gate.state(last=0, retained=True, at=gate.clock + LATER)
    for _ in range(5):
        gate.passes(ASH)
    world.take(gate.batch())
    world.take(kept)
    assert world.alarms() == []


def test_a_kept_state_proves_nothing_even_when_the_clock_was_set_back_since(world: World, gate: Gate) -> None:
    gate.clock += timedelta(hours=1)
    kept = gate.state(last=0, retained=True, at=gate.clock + LATER)
    gate.clock -= timedelta(hours=1)
    gate.passes(ASH)
    world.take(gate.batch())
    world.take(kept)
    assert world.alarms() == []


def test_a_state_said_before_the_entries_were_written_is_no_cut_tail(world: World, gate: Gate) -> None:
    """Delivered again by the broker long after the entries that followed it."""
    gate.passes(ASH)
    overtaken = gate.state(last=1)
    gate.passes(ASH)
    world.take(gate.batch())
    again = type(overtaken)(overtaken.topic, overtaken.raw, gate.clock + LATER)
    world.take(again)
    assert world.alarms() == []


def test_a_journal_that_is_longer_than_what_was_sent_is_no_alarm(world: World, gate: Gate) -> None:
    for _ in range(5):
        gate.passes(ASH)
    world.take(gate.batch(1, 3))
    gate.clock += LATER
    world.take(gate.state())
    assert world.alarms() == []


def test_another_link_at_the_same_place_is_an_alarm_once(world: World, gate: Gate) -> None:
    for _ in range(3):
        gate.passes(ASH)
    world.take(gate.batch())
    gate.clock += LATER
    for _ in range(2):
        world.take(gate.state(last_link=b"?" * 32))
    assert world.alarms() == ["other_link"]
    assert world.count(Fork) == 1
