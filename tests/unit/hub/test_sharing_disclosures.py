"""The log of sharing: chained, told of in the trail, and any change of it found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.__main__ import main
from hub.accounts.audit import Actor
from hub.database import session_scope
from hub.sharing.catalogue import EXCHANGES, Way
from hub.sharing.disclosures.reading import received
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.disclosures.sealing import DisclosureSealer, seal_all
from hub.sharing.disclosures.verifying import LogFaultError, Whole, verify_log
from hub.sharing.gate import Shared, note_receipt, share

from .sharing_world import SharingWorld, sharing_world
from .site_world import World

CLIENT = Actor("agency:police", "10.1.0.1")


def tell(world: World, who: SharingWorld, exchange: str = "admission_notice") -> Shared:
    with session_scope(world.sessions) as session:
        return share(
            session, agency="police", exchange=exchange, purpose="custody_notice", person=who.person,
            at=world.at, actor=CLIENT, way=Way.PUSH,
        )  # fmt: skip


def verified(world: World) -> Whole:
    with session_scope(world.sessions, writes=False) as session:
        return verify_log(session)


def fault(world: World) -> str:
    with pytest.raises(LogFaultError) as caught:
        verified(world)
    return caught.value.code


def damage(world: World, *statements: str) -> None:
    """What only somebody can do who holds the database itself."""
    if world.engine.dialect.name == "sqlite":
        assert world.engine.url.database is not None
        with closing(sqlite3.connect(world.engine.url.database)) as file:  # without our pragmas
            triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                if name.startswith("disclosure"):
                    file.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                file.execute(statement)
            file.commit()
        return
    with world.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def told(world: World) -> World:
    who = sharing_world(world)
    for _ in range(3):
        shared = tell(world, who)
        with session_scope(world.sessions) as session:
            note_receipt(session, shared.disclosure_id, "delivered", at=world.at)
        world.later(seconds=30)
    assert seal_all(world.sessions, world.at) == 6
    return world


def test_rows_are_chained_a_moment_later_and_verify(told: World) -> None:
    assert (verified(told).rows, verified(told).waiting, verified(told).seals) == (6, 0, 1)
    sealer = DisclosureSealer(told.sessions)
    assert sealer.tick(told.at) == 0
    with session_scope(told.sessions) as session:
        note_receipt(session, 1, "read", at=told.at)
    assert sealer.tick(told.at) == 0, "it is not time yet"
    assert verified(told).waiting == 1
    assert sealer.tick(told.at + timedelta(seconds=10)) == 1
    assert verified(told).rows == 7


@pytest.mark.parametrize(
    ("done", "code"),
    [
        ("UPDATE disclosures SET agency = 'courts' WHERE id = 3", "changed"),
        ("UPDATE disclosures SET fields = '' WHERE id = 1", "changed"),
        ("DELETE FROM disclosures WHERE id = 2", "deleted"),
        ("DELETE FROM disclosure_links WHERE position = 2", "link_missing"),
        ("DELETE FROM disclosure_links WHERE position > 4", "cut_off"),
    ],
)
def test_whoever_changes_the_log_is_found(told: World, done: str, code: str) -> None:
    damage(told, done)
    assert fault(told) == code


def test_a_row_put_in_later_is_found(told: World) -> None:
    columns = "agency, agreement, version, exchange, purpose, person, fields, way, actor, reference, refused, receipt"
    damage(
        told,
        f"INSERT INTO disclosures (at, {columns}) SELECT '2026-11-01 00:00:00.000000', {columns} "
        "FROM disclosures WHERE id = 1",
    )
    assert fault(told) == "inserted"


def test_rows_can_be_neither_changed_nor_deleted(told: World) -> None:
    for verb in (
        "UPDATE disclosures SET agency = 'x'",
        "DELETE FROM disclosures",
        "DELETE FROM disclosure_links",
    ):
        with pytest.raises(Exception, match="append-only"), session_scope(told.sessions) as session:
            session.execute(text(verb))


def test_the_command_says_the_first_fault(told: World, capsys: pytest.CaptureFixture[str]) -> None:
    told.settings()
    assert main(["sharing", "verify", "--data", str(told.folder)]) == 0
    assert "The log is whole: 6 rows" in capsys.readouterr().out
    damage(told, "UPDATE disclosures SET person = 'P-000009' WHERE id = 5")
    assert main(["sharing", "verify", "--data", str(told.folder)]) == 2
    assert "Row 5 of the log" in capsys.readouterr().err


def test_schemas_are_written_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sharing", "schemas", "--out", str(tmp_path / "schemas")]) == 0
    assert (tmp_path / "schemas" / "admission_notice.schema.json").exists()
    assert f"{len(EXCHANGES)} schemas" in capsys.readouterr().out


def test_who_received_what_a_fact_says(world: World) -> None:
    who = sharing_world(world)
    tell(world, who)
    tell(world, who)
    with session_scope(world.sessions, writes=False) as session:
        [row] = received(session, [who.number], "charge", world.at - timedelta(days=1))
        assert (row.agency, row.exchange, row.id) == ("police", "admission_notice", 2)
        assert received(session, [who.number], "release", world.at - timedelta(days=1)) == []
        assert session.query(Disclosure).count() == 2
