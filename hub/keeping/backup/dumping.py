"""The database as frames: every table that is there, in one state of it, whatever the code knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, Select, Table, column, select, table
from sqlalchemy.types import LargeBinary

from hub.keeping.backup.frames import Rows, Sink, put

VERSION_TABLE: Final = "alembic_version"
_VERSION: Final[Select[tuple[str]]] = select(column("version_num")).select_from(table(VERSION_TABLE))
_ROWS: Final = 500
_HEAVY_ROWS: Final = 50
"""Rows at a time of tables with templates, images and scans."""


@dataclass
class Dumped:
    """What went in: rows by table, and how far each journal is held."""

    tables: dict[str, int] = field(default_factory=dict)
    journals: list[tuple[int, str, int]] = field(default_factory=list)
    trail: tuple[int, str] = (0, "")


@contextmanager
def one_state(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database to its end, and holds up nobody who writes."""
    options: dict[str, Any] = {"pims_reads": True, "postgresql_readonly": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection, connection.begin():
        # SQLite and PostgreSQL take the state at the first statement, not at BEGIN.
        connection.execute(_VERSION).all()
        yield connection


def schema_of(connection: Connection) -> str:
    """Revision of the database."""
    return str(connection.execute(_VERSION).scalar_one())


def dump(connection: Connection, sink: Sink) -> Dumped:
    """Write every table, those that others point at first."""
    found = MetaData()
    found.reflect(connection)
    dumped = Dumped()
    for one in found.sorted_tables:
        if one.name != VERSION_TABLE:
            dumped.tables[str(one.name)] = _dump_table(connection, one, sink)
    dumped.journals = _journals(connection, found)
    dumped.trail = _trail(connection, found)
    return dumped


def _dump_table(connection: Connection, found: Table, sink: Sink) -> int:
    name, columns = str(found.name), [str(one.name) for one in found.columns]
    heavy = any(isinstance(one.type, LargeBinary) for one in found.columns)
    wanted = select(found).order_by(*found.primary_key.columns)
    count = 0
    put(sink, Rows(name, columns, []))
    result = connection.execution_options(yield_per=_HEAVY_ROWS if heavy else _ROWS).execute(wanted)
    for part in result.partitions():
        rows = [[_value(value) for value in row] for row in part]
        put(sink, Rows(name, columns, rows))
        count += len(rows)
    return count


def _value(value: Any) -> Any:
    # SQLite keeps times without an offset; all of ours are UTC.
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def _journals(connection: Connection, found: MetaData) -> list[tuple[int, str, int]]:
    held = found.tables.get("journals")
    if held is None:
        return []
    rows = connection.execute(select(held.c.terminal_id, held.c.journal_id, held.c.committed))
    return [(terminal, bytes(journal).hex(), committed) for terminal, journal, committed in rows]


def _trail(connection: Connection, found: MetaData) -> tuple[int, str]:
    seals = found.tables.get("audit_seals")
    if seals is None:
        return 0, ""
    newest = select(seals.c.position, seals.c.link).order_by(seals.c.position.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return (0, "") if row is None else (row.position, bytes(row.link).hex())
