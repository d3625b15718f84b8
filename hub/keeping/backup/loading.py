"""Frames into an empty database, SQLite or PostgreSQL, whichever the backup was taken from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    MetaData,
    Table,
    func,
    inspect,
    null,
    select,
)

from hub import migrations
from hub.keeping.backup.deleted import Sieve
from hub.keeping.backup.dumping import VERSION_TABLE
from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.frames import Rows


def check_schema(schema: str) -> None:
    """BackupError when this version does not know the revision that a backup was taken at."""
    known, _ = migrations.revisions()
    if schema not in known:
        raise BackupError(
            "newer",
            "The backup was made by a newer version of this software, with a database that this one does not know. "
            "Install that version first.",
        )


def check_empty(engine: Engine) -> None:
    """BackupError when there are tables already."""
    if inspect(engine).get_table_names():
        raise BackupError(
            "not_empty",
            "The database to restore into is not empty. Make an empty one and name it with --database; "
            "the old one stays as it is.",
        )


def load(engine: Engine, schema: str, rows: Iterable[Rows], sieve: Sieve) -> None:
    """Make the tables of `schema`, put the rows in, in one transaction, and bring them to this version."""
    migrations.upgrade(engine, schema)
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        with _without_triggers(connection, found):
            _clear(connection, found)
            for part in rows:
                table = found.tables.get(part.table)
                if table is None:
                    raise BackupError(
                        "unknown_table", f"The backup holds a table that nobody knows: {part.table}."
                    )
                _insert(connection, table, sieve.sift(part))
        if engine.dialect.name == "postgresql":
            _count_on(connection, found)
    migrations.upgrade(engine)


@contextmanager
def _without_triggers(connection: Connection, found: MetaData) -> Iterator[None]:
    """Rows come in as they were: what a trigger wrote beside them then is in the backup too."""
    if connection.dialect.name == "sqlite":
        kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _ in kept:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in kept:
            connection.exec_driver_sql(statement)
    else:
        tables = [connection.dialect.identifier_preparer.format_table(one) for one in found.sorted_tables]
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _clear(connection: Connection, found: MetaData) -> None:
    """Take out what the migrations themselves put into new tables: the backup has it, as it became."""
    for table in reversed(found.sorted_tables):
        if table.name != VERSION_TABLE and connection.execute(select(table).limit(1)).first() is not None:
            connection.execute(table.delete())


def _insert(connection: Connection, table: Table, part: Rows) -> None:
    if not part.rows:
        return
    columns = [table.columns[name] for name in part.columns]
    sqlite = connection.dialect.name == "sqlite"
    values = [
        {column.name: _value(column, value, sqlite) for column, value in zip(columns, row, strict=True)}
        for row in part.rows
    ]
    connection.execute(table.insert(), values)


def _value(column: Column[Any], value: Any, sqlite: bool) -> Any:
    if value is None:
        # A JSON column would keep the word null.
        return null() if isinstance(column.type, JSON) else None
    if isinstance(column.type, DateTime):
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return at.astimezone(UTC).replace(tzinfo=None) if sqlite else at
    if isinstance(column.type, Date) and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _count_on(connection: Connection, found: MetaData) -> None:
    """PostgreSQL counts rows beside the table: let it go on after the highest."""
    for table in found.tables.values():
        for column in table.primary_key.columns:
            if "nextval" in str(getattr(column.server_default, "arg", "")):
                highest = connection.execute(select(func.max(column))).scalar_one()
                series = func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(select(func.setval(series, highest or 1, highest is not None)))
