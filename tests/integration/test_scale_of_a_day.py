"""The scale of a day: what a scan costs, an unlock of six hundred, and a hundred terminals that come back at once."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.accounts.audit import OPERATOR
from hub.custody.actions import open_booking, register_person
from hub.custody.rules import PersonFacts, Sex
from hub.database import session_scope
from hub.movements.records import Position, Zone
from simulation.bench.returning import returning_figures
from simulation.progress import Progress

from ..unit.hub.ingest_world import NOON, Gate, World, make_template, open_world

pytestmark = pytest.mark.long

UNLOCK, UNLOCK_S = 600, 600
SCANS_A_DAY, DAY_S = 12_000, 86_400
NO_MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") is None


def test_an_unlock_of_six_hundred_is_a_small_part_of_ten_minutes_and_a_day_is_idle(tmp_path: Path) -> None:
    (tmp_path / "template").mkdir()
    world = open_world(make_template(tmp_path / "template"), tmp_path)
    people(world)
    gates = [world.grant(Gate(f"a-{number}", journal_id=bytes([number]) * 16)) for number in range(1, 9)]
    worked = time.process_time()
    for number in range(1, UNLOCK + 1):
        gate = gates[number % len(gates)]
        gate.clock = NOON + timedelta(seconds=number)
        sequence = gate.passes(f"P-{number:06d}")
        world.take(gate.batch(sequence, sequence))  # each by itself, as they come at that pace
    worked = time.process_time() - worked
    with session_scope(world.sessions, writes=False) as session:
        there = session.scalar(
            select(func.count()).select_from(Position).join(Zone).where(Zone.code == "block-a")
        )
    world.engine.dispose()
    assert there == UNLOCK
    # Of one processor: a fifth of it in the ten minutes of the unlock, a hundredth of it over a day.
    assert worked < UNLOCK_S / 5
    assert worked / UNLOCK * SCANS_A_DAY < DAY_S / 100


def people(world: World) -> None:
    with session_scope(world.sessions) as session:
        for number in range(4, UNLOCK + 1):
            facts = PersonFacts(f"Elm{number}", "Test", NOON.date().replace(year=1990), Sex.MALE)
            person = register_person(session, facts, actor=OPERATOR, at=NOON)
            open_booking(session, person, admitted_at=NOON, recorded_at=NOON, by="test")


@pytest.mark.skipif(NO_MOSQUITTO, reason="mosquitto is not installed here: apt-get install mosquitto")
def test_what_is_scanned_now_does_not_wait_for_a_hundred_terminals_that_return() -> None:
    found = returning_figures(Progress(), terminals=100, entries=20_000)["returning"]
    assert found["missing"] == 0
    assert found["live"] > 20
    # In one queue a scan would wait for half of it on the mean; how fast this machine is plays no part in that.
    assert found["live_to_screen_ms"]["p50"] < 1000 * found["drained_s"] / 10
