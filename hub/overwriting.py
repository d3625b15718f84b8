"""Taking what was deleted out of the database's own files, where rows that are gone can lie on for long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from hub.database import BUSY_TIMEOUT_MS, Sessions, is_busy

_LOCK_MS: Final = 200
_READERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND backend_xmin IS NOT NULL"
)


def overwrite_deleted(sessions: Sessions, *, anew: Sequence[str], freed: Sequence[str] = ()) -> bool:
    """False when somebody's reading stands against it: to be tried again, and nobody waits for it meanwhile.

    On SQLite rows are overwritten as they are deleted, and the log, which holds them still, is emptied. On PostgreSQL
    the tables in `anew` are written anew, and the room of those in `freed` is given free.
    """
    with sessions() as session:
        engine = session.get_bind()
        assert isinstance(engine, Engine)
    return _empty_log(engine) if engine.dialect.name == "sqlite" else _write_anew(engine, anew, freed)


def _empty_log(engine: Engine) -> bool:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        # Emptying the log keeps every writer out while it waits for a reader: an export reads for minutes.
        cursor.execute("PRAGMA busy_timeout = 0")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    finally:
        connection.close()
    return not busy


def _write_anew(engine: Engine, anew: Sequence[str], freed: Sequence[str]) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        # Rows that an older reading may still see would be carried over into the new table.
        if plain.execute(_READERS).scalar_one():
            return False
        # Whoever wants a row of it would queue behind a lock that waits.
        plain.execute(text(f"SET lock_timeout = {_LOCK_MS}"))
        try:
            for table in anew:
                plain.execute(text(f"VACUUM (FULL) {table}"))
        except OperationalError as error:
            if not is_busy(error):
                raise
            return False
        finally:
            plain.execute(text(f"SET lock_timeout = {BUSY_TIMEOUT_MS}"))
        for table in freed:
            plain.execute(text(f"VACUUM {table}"))
    return True
