"""The desk that carries a confirmed deletion out, and remembers outside the database what went."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hub.accounts.audit import Actor
from hub.biometrics.vault import Vault
from hub.database import Sessions, session_scope
from hub.keeping.backup import settings as kept_in
from hub.keeping.backup.deleted import deleted_so_far, write_deleted
from hub.keeping.backup.errors import BackupError
from hub.keeping.retention.deleting import apply_some
from hub.logs import log
from hub.overwriting import overwrite_deleted

EVERY: Final = timedelta(seconds=5)
AT_ONCE: Final = 20
"""Items in one look: the terminals' scans wait for none of them."""
JOB: Final = Actor("retention", "hub")

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
    """Take what was deleted out of the database's own files; False when it has to be tried again.

    On PostgreSQL the table of keys is written anew, without which the rest is noise.
    """
    return overwrite_deleted(
        sessions, anew=("person_keys",), freed=("fingers", "photos", "documents", "facts")
    )


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
