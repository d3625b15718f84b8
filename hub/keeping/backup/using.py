"""Whether somebody works with a hub's folder or database right now."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sqlalchemy import Engine, text

from hub.keeping.backup.errors import BackupError


def check_unused(data: Path, engine: Engine | None) -> None:
    """BackupError while a process other than this one has a file of the folder open, or a session in the database.

    Only processes that this user may look into are seen: the same user's, or all for root.
    """
    if _holders(data):
        raise BackupError(
            "in_use",
            f"The hub in {data} is running. Stop it first: systemctl stop pims-web pims-ingest, or end its processes.",
        )
    if engine is not None and engine.dialect.name == "postgresql" and _others(engine):
        raise BackupError("in_use", "Somebody is connected to the database. Stop the hub first.")


def _holders(data: Path) -> set[int]:
    inside, mine, found = f"{data.resolve()}{os.sep}", os.getpid(), set[int]()
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            pid = int(folder.parent.name)
            if pid != mine and any(os.readlink(entry).startswith(inside) for entry in os.scandir(folder)):
                found.add(pid)
    return found


def _others(engine: Engine) -> bool:
    with engine.connect() as connection:
        count = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        ).scalar_one()
    return bool(count)
