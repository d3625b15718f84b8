"""Words of officers that stood in the steps before: the migration moves them, and back, on either database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, Table, text
from sqlalchemy.exc import DBAPIError

from hub.database import make_engine
from hub.migrations import VERSIONS, upgrade

from ... import databases

BEFORE = "0048_certificate_requests"
AFTER = "0049_officers_words"
AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
SISTER = "Not here: ask the sister, in Dangriga."


def hashed(words: str) -> str:
    return "sha256 " + hashlib.sha256(words.encode()).hexdigest()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    postgresql = request.param == "postgresql"
    if postgresql and databases.missing():
        pytest.skip(databases.missing())
    engine = make_engine(databases.new_database(tmp_path, postgresql=postgresql))
    upgrade(engine, BEFORE)
    yield engine
    engine.dispose()


def put(connection: Connection, table: str, **values: Any) -> None:
    """A row of an old table, with something in each column that has to be filled."""
    held = Table(table, MetaData(), autoload_with=connection, resolve_fks=False)
    filled: dict[str, Any] = {}
    for column in held.columns:
        if column.name not in values and not column.nullable and column.server_default is None:
            kind = column.type.python_type
            filled[column.name] = AT if kind is datetime else kind() if kind is not str else column.name[:6]
    connection.execute(held.insert().values(**filled, **values))


def downgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    config.attributes["engine"] = engine
    command.downgrade(config, revision)


def steps_of_old(engine: Engine) -> None:
    """Two messages, one of them cleared, and one request, each with steps that hold words and steps that hold none."""
    with engine.begin() as connection:
        for one, cleared_at in ((1, None), (2, AT)):
            put(connection, "inbound_messages", id=one, number=f"IN-{one}", message_id=f"m-{one}")
            put(connection, "inbox_items", id=one, state="refused", reason=SISTER, cleared_at=cleared_at)
            put(connection, "inbox_steps", id=one * 10, message_id=one, act="chosen", note="P-000001")
            put(connection, "inbox_steps", id=one * 10 + 1, message_id=one, act="refused", note=SISTER)
        put(connection, "inbox_steps", id=12, message_id=1, act="taken_back", note="Meant Ana Yacab")
        put(connection, "inbox_steps", id=13, message_id=1, act="refused", note="")
        put(connection, "forensic_requests", id=1, number="FR-1")
        for number, what, words in (
            (1, "refused", SISTER),
            (2, "answered", f"unreadable: {SISTER}"),
            (3, "answered", "match"),
            (4, "taken", ""),
        ):
            put(connection, "forensic_steps", id=number, request_id=1, what=what, words=words)


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_words_stand_apart_from_then_on_and_the_steps_keep_their_hash(engine: Engine) -> None:
    steps_of_old(engine)
    upgrade(engine, AFTER)
    assert dict(rows(engine, "SELECT id, note FROM inbox_steps")) == {
        10: "P-000001", 11: hashed(SISTER), 12: hashed("Meant Ana Yacab"), 13: "", 20: "P-000001", 21: hashed(SISTER),
    }  # fmt: skip
    assert rows(engine, "SELECT step_id, message_id, words FROM inbox_words ORDER BY step_id") == [
        (11, 1, SISTER),
        (12, 1, "Meant Ana Yacab"),
    ], "of what was cleared nothing is kept"
    assert dict(rows(engine, "SELECT id, words FROM forensic_steps")) == {
        1: hashed(SISTER), 2: f"unreadable: {hashed(SISTER)}", 3: "match", 4: "",
    }  # fmt: skip
    assert rows(engine, "SELECT step_id, request_id, words FROM forensic_words ORDER BY step_id") == [
        (1, 1, SISTER),
        (2, 1, SISTER),
    ]
    assert dict(rows(engine, "SELECT id, reason FROM inbox_items")) == {1: SISTER, 2: ""}


def test_old_steps_and_moved_words_cannot_be_changed_afterwards(engine: Engine) -> None:
    steps_of_old(engine)
    upgrade(engine, AFTER)
    for table in ("inbox_steps", "forensic_steps", "inbox_words"):
        column = "note" if table == "inbox_steps" else "words"
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(text(statement))


def test_they_go_back_where_they_stood(engine: Engine) -> None:
    steps_of_old(engine)
    held = "SELECT id, note FROM inbox_steps", "SELECT id, words FROM forensic_steps"
    notes, words = (dict(rows(engine, statement)) for statement in held)
    upgrade(engine, AFTER)
    downgrade(engine, BEFORE)
    assert dict(rows(engine, held[0])) == notes | {21: hashed(SISTER)}, "what was deleted does not come back"
    assert dict(rows(engine, held[1])) == words
