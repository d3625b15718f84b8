"""The desk that carries a confirmed deletion out, and remembers outside the database what went."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from hub.accounts.audit import Actor
from hub.biometrics.vault import Vault
from hub.database import BUSY_TIMEOUT_MS, Sessions, is_busy, session_scope
from hub.keeping.backup import settings as kept_in
from hub.keeping.backup.deleted import deleted_so_far, write_deleted
from hub.keeping.backup.errors import BackupError
from hub.keeping.retention.deleting import apply_some
from hub.logs import log

EVERY: Final = timedelta(seconds=5)
AT_ONCE: Final = 20
"""Items in one look: the terminals' scans wait for none of them."""
JOB: Final = Actor("retention", "hub")
_LOCK_MS: Final = 200
_READERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND backend_xmin IS NOT NULL"
)

_log = logging.getLogger("hub.keeping")


class Deleting:
    """`tick` does some of the confirmed deletion and gives how many items that were."""

    def __init__(self, sessions: Sessions, vault: Vault, data: Path) -> None:
        self._sessions = sessions
        self._vault = vault
        self._data = data
        self._due_at: datetime | None = None
        # Whoever did the last of a deletion may have ended before its traces were gone.
        self._to_forget = True

    def tick(self, now: datetime) -> int:
        if self._due_at is not None and now < self._due_at:
            return 0
        done = apply_some(self._sessions, self._vault, most=AT_ONCE, actor=JOB, clock=lambda: now)
        self._due_at = None if done else now + EVERY
        if done:
            remember_deleted(self._sessions, self._data)
            self._to_forget = True
        elif self._to_forget:
            self._to_forget = not forget_deleted(self._sessions)
        return done


def forget_deleted(sessions: Sessions) -> bool:
    """Take what was deleted out of the database's own files, where rows that are gone can lie on for long.

    False when somebody's reading stands against it: to be tried again, and nobody waits for it meanwhile. On SQLite the
    rows are overwritten already and the log is emptied; on PostgreSQL the table of keys is written anew, without which
    the rest is noise, and the room of the others is given free.
    """
    with sessions() as session:
        engine = session.get_bind()
        assert isinstance(engine, Engine)
    return _empty_log(engine) if engine.dialect.name == "sqlite" else _write_keys_anew(engine)


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


def _write_keys_anew(engine: Engine) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        # Rows that an older reading may still see would be carried over into the new table.
        if plain.execute(_READERS).scalar_one():
            return False
        # Whoever wants a key would queue behind a lock that waits.
        plain.execute(text(f"SET lock_timeout = {_LOCK_MS}"))
        try:
            plain.execute(text("VACUUM (FULL) person_keys"))
        except OperationalError as error:
            if not is_busy(error):
                raise
            return False
        finally:
            plain.execute(text(f"SET lock_timeout = {BUSY_TIMEOUT_MS}"))
        for table in ("fingers", "photos", "documents", "facts"):
            plain.execute(text(f"VACUUM {table}"))
    return True


def remember_deleted(sessions: Sessions, data: Path) -> None:
    """Write the sealed list of what was deleted into the hub's folder and beside its backups.

    Where that cannot be done the log says so; the next backup writes it again.
    """
    try:
        kept = kept_in.load(data)
    except BackupError as error:
        log(_log, logging.WARNING, "the list of deletions is not kept", why=error.code)
        return
    with session_scope(sessions, writes=False) as session:
        found = deleted_so_far(session)
    for folder in [data, *([Path(kept.folder)] if kept.folder else [])]:
        try:
            write_deleted([folder], found, kept.receiver)
        except OSError as error:
            log(
                _log,
                logging.WARNING,
                "the list of deletions is not kept",
                folder=str(folder),
                why=error.strerror,
            )
