"""Sites, permissions and what a passage proves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.custody.records import PersonChange
from hub.database import session_scope
from hub.errors import HubError
from hub.movements.actions import apply_passages, find_checkpoint
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.permitting import permit_zones, zones_of
from hub.movements.records import Movement, Position, Zone, ZonePermission
from hub.movements.rules import Proof

from .ingest_world import NOON, World, make_template, open_world


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


def test_a_checkpoint_is_found_with_its_zones_or_refused(world: World) -> None:
    with session_scope(world.sessions, writes=False) as session:
        with pytest.raises(HubError, match="no checkpoint nowhere"):
            find_checkpoint(session, "nowhere")
        found = find_checkpoint(session, "workshop")
    assert (found.from_zone, found.to_zone) == ("yard", "workshop")


def test_permitting_an_unknown_zone_is_refused(world: World) -> None:
    with session_scope(world.sessions) as session, pytest.raises(HubError, match="moon"):
        permit_zones(session, 1, ["yard", "moon"], NOON)
    assert world.count(ZonePermission) == 0


def test_permissions_are_the_zones_last_named_and_terminals_hear_of_each_change(world: World) -> None:
    before = world.count(PersonChange)

    def permit(*codes: str) -> None:
        with session_scope(world.sessions) as session:
            permit_zones(session, 1, codes, NOON)

    permit("yard", "block-a")
    permit("yard", "block-a")
    permit("yard", "workshop")
    assert world.ask(lambda s: zones_of(s, [1, 2])) == {1: ["workshop", "yard"]}
    assert world.count(PersonChange) - before == 2, "nothing changed the second time"
    assert world.count(ZonePermission) == 3, "what was withdrawn is still on record"


def _admit(session: Session, proof: Proof) -> None:
    zones = {zone.code: Place(zone.id, zone.code) for zone in session.scalars(select(Zone))}
    passage = Passage(
        proof=proof,
        checkpoint="block-a",
        from_zone=zones["yard"],
        to_zone=zones["block-a"],
        decision="ADMIT",
        rule="expected",
        person=Somebody(1, "P-000001", "ASH, Test"),
    )
    apply_passages(session, [passage], at=datetime(2026, 3, 2, 13, tzinfo=UTC))


def test_a_movement_is_never_changed_or_taken_away(world: World) -> None:
    with session_scope(world.sessions) as session:
        _admit(session, Proof("gate-1", b"j" * 16, 1, NOON, True, b"l" * 32))

    def meddle(statement: str) -> None:
        with session_scope(world.sessions) as session:
            session.connection().exec_driver_sql(statement)

    with pytest.raises(DatabaseError, match="append-only"):
        meddle("UPDATE movements SET to_zone_id = 1")
    with pytest.raises(DatabaseError, match="append-only"):
        meddle("DELETE FROM movements")
    movement = world.ask(lambda s: s.scalars(select(Movement)).one())
    assert (movement.type, movement.direction, movement.occurred_at) == ("INTERNAL", "IN", NOON)
    assert movement.recorded_at - movement.occurred_at == timedelta(hours=1)


def test_a_position_carries_its_proof(world: World) -> None:
    with session_scope(world.sessions) as session:
        _admit(session, Proof("gate-1", b"j" * 16, 7, NOON, False, b"l" * 32))
    position = world.ask(lambda s: s.scalars(select(Position)).one())
    assert (position.source, position.proven_at, position.clock_sure) == ("scan", NOON, False)
    assert (position.terminal, position.sequence) == ("gate-1", 7)
