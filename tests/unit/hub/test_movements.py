"""Sites, permissions and what a passage proves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.__main__ import main
from hub.custody.records import PersonChange
from hub.database import session_scope
from hub.errors import HubError
from hub.movements.actions import apply_passages, find_checkpoint, permit_zones, zones_of
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import Movement, Position, Zone, ZonePermission
from hub.movements.rules import Proof, supersedes
from hub.movements.site.files import SiteError, import_site, read_site
from hub.settings import write_first

from .ingest_world import NOON, SITE, World, make_template, open_world


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


def _proof(minutes: int, *, terminal: str = "gate-1", sequence: int = 1, sure: bool = True) -> Proof:
    return Proof(terminal, b"j" * 16, sequence, NOON + timedelta(minutes=minutes), sure)


def test_an_earlier_proof_changes_nothing() -> None:
    assert not supersedes(_proof(1), _proof(2, terminal="gate-2"))


def test_an_unsure_clock_does_not_override_a_sure_one_that_is_newer_or_as_new() -> None:
    held = _proof(2, terminal="gate-2")
    assert not supersedes(_proof(1, sure=False), held)
    assert not supersedes(_proof(2, sure=False), held)
    assert supersedes(_proof(2), _proof(2, terminal="gate-2", sure=False))


def test_within_one_journal_the_sequence_decides_whatever_the_clock_did() -> None:
    assert supersedes(_proof(-60, sequence=8), _proof(0, sequence=7))
    assert not supersedes(_proof(60, sequence=6), _proof(0, sequence=7))


def test_a_first_proof_and_a_later_one_count() -> None:
    assert supersedes(_proof(0), None)
    assert supersedes(_proof(3), _proof(2, terminal="gate-2"))


@given(st.permutations(range(6)))
def test_proofs_of_different_terminals_end_the_same_in_any_order(order: list[int]) -> None:
    proofs = [_proof(minute, terminal=f"gate-{minute}", sure=bool(minute % 2)) for minute in range(6)]
    held: Proof | None = None
    for place in order:
        if supersedes(proofs[place], held):
            held = proofs[place]
    assert held == proofs[5]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"", "zone"),
        (b"[[zone]\n", "site file"),
        (b'[[zone]]\ncode="Yard"\nname="Y"\nkind="BLOCK"\n', "code"),
        (b'[[zone]]\ncode="yard"\nname="Y"\nkind="GARDEN"\n', "GARDEN"),
        (b'[[zone]]\ncode="yard"\nname="Y"\nkind="BLOCK"\ncolour="red"\n', "colour"),
        (b'[[zone]]\ncode="yard"\nname="Y"\nkind="BLOCK"\n' * 2, "yard stands twice"),
        (SITE + b'[[checkpoint]]\ncode="x"\nname="X"\nfrom_zone="yard"\nto_zone="moon"\n', "moon"),
        (SITE + b'[[checkpoint]]\ncode="x"\nname="X"\nfrom_zone="yard"\nto_zone="yard"\n', "x must lead"),
    ],
)
def test_a_site_that_cannot_be_used_is_refused_by_name(text: bytes, named: str) -> None:
    with pytest.raises(SiteError) as refused:
        read_site(text)
    assert named in refused.value.sentence


def test_importing_again_brings_up_to_date_and_doubles_nothing(world: World) -> None:
    changed = SITE.replace(b"capacity = 40", b"capacity = 44")
    with session_scope(world.sessions) as session:
        import_site(session, read_site(changed))
    zones = world.ask(lambda s: s.execute(select(Zone.code, Zone.capacity).order_by(Zone.id)).all())
    assert [tuple(zone) for zone in zones] == [("yard", None), ("block-a", 44), ("workshop", 20)]


def test_the_import_command_says_what_is_wrong_and_what_was_done(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_first(tmp_path, database=world.engine.url.render_as_string(hide_password=False))
    assert main(["site", "import", "--data", str(tmp_path), str(tmp_path / "missing.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "site.toml").write_bytes(SITE)
    assert main(["site", "import", "--data", str(tmp_path), str(tmp_path / "site.toml")]) == 0
    assert capsys.readouterr().out == "Site imported: 3 zones, 2 checkpoints.\n"


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
