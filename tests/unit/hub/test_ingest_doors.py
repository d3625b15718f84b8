"""What a gate's hardware tells: alarms and their end in the feed, everyday doings in the journal alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.control_room.words import ALARMS, EVENTS
from hub.ingest import doors
from hub.movements.records import Position
from tests.unit.hub.ingest_world import Gate, World, make_template, open_world
from wire.happenings import Decision, Door


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("doors"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


def told(world: World, *whats: str) -> Gate:
    gate = world.grant(Gate("gate-1"))
    for what in whats:
        gate.says(Door(checkpoint="block-a", what=what))
    world.take(gate.batch())
    return gate


def test_every_day_doings_of_a_door_do_not_fill_the_feed(world: World) -> None:
    gate = told(world, "opened", "closed", "request_exit")
    assert world.committed(gate) == 3
    assert world.feed("alarm") == []
    assert world.feed("terminal") == []


def test_what_is_wrong_is_an_alarm_and_its_end_is_not(world: World) -> None:
    told(world, "forced", "forced_over", "duress", "interlocked")
    assert [line["what"] for line in world.feed("alarm")] == ["door_forced", "door_duress"]
    assert [line["what"] for line in world.feed("terminal")] == ["door_forced_over", "door_interlocked"]
    assert world.feed("alarm")[0]["checkpoint"] == "block-a"


def test_each_word_has_words(world: World) -> None:
    for what in doors.ALARMS:
        assert f"door_{what}" in ALARMS
        assert f"door_{what}_over" in EVENTS
    assert {"door_interlocked", "door_safe_state"} <= set(EVENTS)


def test_a_door_word_of_a_later_version_blocks_nothing(world: World) -> None:
    gate = told(world, "painted", "forced")
    assert world.committed(gate) == 2
    assert world.alarms() == ["door_forced"]


def test_somebody_let_out_unrecognised_in_an_evacuation_moves_nobody(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes(None, Decision.ADMIT, rule="evacuation")
    world.take(gate.batch())
    assert world.committed(gate) == 1
    assert world.alarms() == []
    assert world.count(Position) == 0
    (line,) = world.feed("passage")
    assert (line["rule"], line["person"], line["late"]) == ("evacuation", None, False)


def test_nobody_is_admitted_unrecognised_by_another_rule(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes(None, Decision.ADMIT)
    world.take(gate.batch())
    assert world.alarms() == ["quarantined"]
