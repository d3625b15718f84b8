"""What the law had deleted is in no file of the database any more: keys, templates, and the pages they lay on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.event import listen

from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import Vault
from hub.custody.legal import ReleaseReason
from hub.database import BUSY_TIMEOUT_MS, make_engine, make_sessions, session_scope
from hub.keeping.deleting import Deleting, forget_deleted
from hub.keeping.export.making import reading_one_state
from hub.keeping.retention.things import Thing

from ... import databases
from .site_world import World, cheap_passwords
from .test_retention import apply, approve, confirmed, left


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """On SQLite, whatever the others run on: its files are looked into."""
    engine = make_engine(databases.new_database(tmp_path, migrated=True, postgresql=False))
    yield World(tmp_path, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    engine.dispose()


def secrets_of(world: World, person_id: int) -> list[bytes]:
    with session_scope(world.sessions, writes=False) as session:
        key = session.get_one(PersonKey, person_id).wrapped
        template = session.scalars(select(Finger.sealed_template).where(Finger.person_id == person_id)).one()
    return [bytes(key), bytes(template)]


def files_of(folder: Path) -> bytes:
    """The database's file, its log and whatever lies beside it, as a thief would copy them."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("hub.sqlite*")))


def carry_out(world: World) -> None:
    desk = Deleting(world.sessions, world.vault, world.folder)
    while desk.tick(world.at):
        pass
    world.later(seconds=10)
    desk.tick(world.at)


def test_neither_file_nor_log_of_sqlite_holds_a_deleted_key_or_template(world: World) -> None:
    person = left(world, ReleaseReason.ACQUITTED)
    secrets = secrets_of(world, person.id)
    assert all(secret in files_of(world.folder) for secret in secrets), "the test must be able to fail"
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    confirmed(world)
    carry_out(world)
    assert not any(secret in files_of(world.folder) for secret in secrets)


def test_a_long_reading_only_puts_it_off(world: World) -> None:
    person = left(world, ReleaseReason.ACQUITTED)
    secrets = secrets_of(world, person.id)
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    confirmed(world)
    desk = Deleting(world.sessions, world.vault, world.folder)
    with session_scope(world.sessions, writes=False) as reader:
        reader.execute(text("SELECT count(*) FROM persons")).scalar_one()
        while desk.tick(world.at):
            pass
        assert not forget_deleted(world.sessions)
        assert any(secret in files_of(world.folder) for secret in secrets), "somebody reads the old state"
    assert forget_deleted(world.sessions)
    assert not any(secret in files_of(world.folder) for secret in secrets)


def test_emptying_the_log_keeps_no_writer_out(world: World) -> None:
    """While it waited for a reader, nobody wrote: an export that reads for minutes stopped every terminal."""
    with session_scope(world.sessions, writes=False) as reader:
        reader.execute(text("SELECT count(*) FROM persons")).scalar_one()
        left(world, ReleaseReason.ACQUITTED)
        statements: list[str] = []
        listen(world.engine, "checkout", lambda raw, *_: raw.set_trace_callback(statements.append))
        assert not forget_deleted(world.sessions)
    begun = statements.index("PRAGMA wal_checkpoint(TRUNCATE)")
    assert statements[begun - 1] == "PRAGMA busy_timeout = 0"
    assert statements[begun + 1] == f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}"


def test_a_hub_that_ended_in_between_empties_the_log_when_it_starts(world: World) -> None:
    person = left(world, ReleaseReason.ACQUITTED)
    secrets = secrets_of(world, person.id)
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    confirmed(world)
    assert apply(world) == 1
    Deleting(world.sessions, world.vault, world.folder).tick(world.at)
    assert not any(secret in files_of(world.folder) for secret in secrets)


@pytest.mark.skipif(bool(databases.missing()), reason=databases.missing() or "PostgreSQL is here")
def test_the_table_of_keys_is_written_anew_on_postgresql(tmp_path: Path) -> None:
    engine = make_engine(databases.new_database(tmp_path, migrated=True, postgresql=True))
    sessions = make_sessions(engine)
    with session_scope(sessions) as session:
        session.execute(
            text(
                "INSERT INTO persons (id, number, surname, given, sex, created_at) "
                "VALUES (1, 'P-000001', 'Novelo', 'Ana', 'F', now())"
            )
        )
        session.execute(text("INSERT INTO person_keys VALUES (1, :key, now())"), {"key": b"k" * 60})
    with session_scope(sessions) as session:
        session.execute(text("DELETE FROM person_keys"))
    where, read = "SELECT pg_relation_filepath('person_keys')", "SELECT pg_read_binary_file(:path)"

    def held() -> bytes:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
            plain.execute(text("CHECKPOINT"))
            path = plain.execute(text(where)).scalar_one()
            return bytes(plain.execute(text(read), {"path": path}).scalar_one())

    assert b"k" * 60 in held(), "a deleted row lies on in the file"
    with reading_one_state(engine) as reader:
        reader.execute(text("SELECT count(*) FROM person_keys")).scalar_one()
        assert not forget_deleted(sessions), "whoever reads is not waited for, and nobody queues behind it"
    assert forget_deleted(sessions)
    assert b"k" * 60 not in held()
    engine.dispose()
