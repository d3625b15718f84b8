"""Alembic migrations of the hub's database, run from code: no alembic.ini on the machine."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from hub.errors import HubError

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger("pims.hub.migrations")

VERSIONS: Final = Path(__file__).parent / "versions"
_NAMED: Final = re.compile(r'^(down_)?revision = "([^"]+)"', re.MULTILINE)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to `revision`; nothing happens when it is there already."""
    from alembic import command

    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


def check_current(engine: Engine, data: Path) -> None:
    """HubError unless the database is as this version knows it: what serves on another one fails at each write.

    A database that cannot be reached is not judged: whoever serves waits for it, as after a start without power.
    """
    try:
        held = _held(engine)
    except OperationalError as error:
        log.warning("the database cannot be reached yet: %s", type(error.orig).__name__)
        return
    known, newest = revisions()
    if held == newest:
        return
    if held is None or held in known:
        raise HubError(
            "older_database",
            f"The database is of an older version. Stop the services, take a backup, then run: "
            f"pims-hub init --data {data}",
        )
    raise HubError(
        "newer_database",
        "The database is of a newer version of this software, which this one does not know. Install that version.",
    )


def revisions() -> tuple[frozenset[str], str]:
    """(every revision, the newest), as the files name them.

    Read as text: alembic runs every file for the same answer, a third of a second of each process's start.
    """
    named = [found for path in VERSIONS.glob("*.py") for found in _NAMED.findall(path.read_text())]
    built_on = {name for down, name in named if down}
    known = frozenset(name for down, name in named if not down)
    (newest,) = known - built_on
    return known, newest


def _held(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        held: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return held


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
