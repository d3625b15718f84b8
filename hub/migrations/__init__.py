"""Alembic migrations of the hub's database, run from code: no alembic.ini on the machine."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hub.errors import HubError

log = logging.getLogger("pims.hub.migrations")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to `revision`; nothing happens when it is there already."""
    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


def check_current(engine: Engine, data: Path) -> None:
    """HubError unless the database is as this version knows it: what serves on another one fails at each write.

    A database that cannot be reached is not judged: whoever serves waits for it, as after a start without power.
    """
    try:
        with engine.connect() as connection:
            held = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        log.warning("the database cannot be reached yet: %s", type(error.orig).__name__)
        return
    known = ScriptDirectory.from_config(_config())
    if held == known.get_current_head():
        return
    if held is None or held in {one.revision for one in known.walk_revisions()}:
        raise HubError(
            "older_database",
            f"The database is of an older version. Stop the services, take a backup, then run: "
            f"pims-hub init --data {data}",
        )
    raise HubError(
        "newer_database",
        "The database is of a newer version of this software, which this one does not know. Install that version.",
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
