"""What gates say of moves, as the hub takes it: pass, other person, flags, and an alarm for a near miss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.movements.alarms.records import Alarm
from hub.movements.whereabouts.records import AreaReset
from wire.happenings import AreaResetDone, Decision

from .ingest_world import NOON, Gate, World, make_template, open_world


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


def test_the_record_says_by_which_pass_against_whom_and_what_was_odd(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001", rule="pass", pass_number=123, flags=["late", "passback"])
    gate.passes("P-000002", Decision.REFUSE, rule="keep_apart", pass_number=124, against="P-000001")
    world.take(gate.batch())
    first, second = world.feed("passage")
    assert (first["rule"], first["pass"], first["flags"]) == ("pass", 123, ["late", "passback"])
    assert (second["rule"], second["pass"], second["against"]) == ("keep_apart", 124, "P-000001")
    assert world.zone_of("P-000002") == "yard"


def test_a_near_miss_is_one_alarm_for_the_pair_however_often_and_none_for_history(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000002", Decision.REFUSE, rule="keep_apart", against="P-000001")
    gate.passes("P-000001", Decision.REFUSE, rule="keep_apart", against="P-000002")
    gate.passes("P-000003", Decision.REFUSE, rule="keep_apart", against="P-999999")
    world.take(gate.batch())
    alarms = world.ask(lambda s: s.scalars(select(Alarm).where(Alarm.code == "keep_apart_at_gate")).all())
    assert [(one.key, one.count) for one in alarms] == [("pair:1-2", 2)]
    other = world.grant(Gate("gate-2"))
    other.passes("P-000003", Decision.REFUSE, rule="keep_apart", against="P-000001")
    world.take(other.batch(historical=True))
    assert world.alarms().count("keep_apart_at_gate") == 2


def test_an_officers_word_that_an_area_is_not_known_counts_from_when_it_was_said(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    said_at = gate.clock
    said = AreaResetDone(checkpoint="block-a", zone="block-a", officer="luz", reason="After a fire")
    gate.says(said)
    gate.says(AreaResetDone(checkpoint="block-a", zone="workshop", officer="luz", reason="Not its own"))
    world.take(gate.batch(at=said_at + timedelta(hours=2)), now=NOON + timedelta(hours=3))
    (kept,) = world.ask(lambda s: s.scalars(select(AreaReset)).all())
    assert (kept.by, kept.reason) == ("luz", "After a fire")
    assert kept.at <= said_at + timedelta(seconds=5)
    told = [line["what"] for line in world.feed("terminal")]
    assert told.count("area_reset") == 1
    assert told.count("area_reset_refused") == 1
