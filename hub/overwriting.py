"""Taking what was deleted out of the database's own files, where rows that are gone can lie on for long.

PostgreSQL leaves the bytes of a deleted row in their page until other rows come to lie there, and a plain VACUUM only
says that they may: what must be gone has to be written anew, and meanwhile nobody reads that table. Of 100,000
messages with what they said (198 MB) that took 0.7 s on a fast disk, of their 45 MB of items 1.0 s. So a table is
written anew at once while it is small, and a large one once a night.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from hub.database import BUSY_TIMEOUT_MS, Sessions, is_busy
from hub.logs import log

SMALL_BYTES: Final = 8 << 20
"""Of all tables together, with their indexes: written anew within a tenth of a second, which no page feels."""
NIGHT_HOURS: Final = range(2, 5)
"""At the site: few are at a page then, and the counts of the morning have not begun."""
_TOO_LONG: Final = timedelta(days=3)
_LOCK_MS: Final = 200
_SIZE: Final = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
_READERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND backend_xmin IS NOT NULL"
)

_log = logging.getLogger("hub.overwriting")


class Traces:
    """What was deleted from some tables, and lies on in the database's files until it is overwritten."""

    def __init__(self, sessions: Sessions, *tables: str) -> None:
        self._sessions = sessions
        self._tables = tables
        # Whoever deleted the last of it may have ended before its traces were gone.
        self._left = True
        self._since: datetime | None = None
        self._night: date | None = None

    def add(self) -> None:
        """Something more was deleted."""
        self._left = True

    def overwrite(self, local: datetime) -> bool:
        """Whether all is gone. If not, because the tables are large and it is day, or somebody is in the way, try again
        later: nobody waits for it. `local` is the time at the site."""
        if not self._left:
            return True
        self._since = self._since or local
        if self._may(local) and overwrite_deleted(self._sessions, anew=self._tables):
            self._left, self._since, self._night = False, None, local.date()
        elif local - self._since > _TOO_LONG:
            log(_log, logging.WARNING, "what was deleted is not overwritten", tables=",".join(self._tables))
            self._since = local
        return not self._left

    def _may(self, local: datetime) -> bool:
        if local.hour in NIGHT_HOURS and local.date() != self._night:
            return True
        return size_of(self._sessions, self._tables) <= SMALL_BYTES


def size_of(sessions: Sessions, tables: Sequence[str]) -> int:
    """Bytes that would be written anew; 0 on SQLite, where nothing is."""
    with sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            return 0
        sizes = (session.scalar(_SIZE, {"name": name}) or 0 for name in tables)
        return sum(sizes)


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
