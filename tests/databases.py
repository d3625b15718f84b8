"""A new database for each test: SQLite, or PostgreSQL where PIMS_TEST_DATABASE=postgresql.

The PostgreSQL server is one of our own, started when first asked for and stopped with the tests; it listens on a Unix
socket in a folder of its own. `./pims test --postgresql` runs the tests of the hub on it.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, make_url

from hub.database import make_engine
from hub.migrations import revisions, upgrade

USER = "postgres"
"""The server refuses to run as root; this is who it runs as then."""
PREFIX = "pims-pg-"
ROOM_BYTES = 2 << 30
"""What a server of ours fills at the most, with the few databases that stand at a time."""
OPTIONS = (
    "wal_level=minimal",
    "max_wal_senders=0",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
)
"""Nothing a server of ours holds has to outlive it, and no database lives long enough to be tidied."""
_NUMBERS = itertools.count(1)
_MADE: list[str] = []
_ONCE: dict[Hashable, tuple[sqlite3.Connection, object]] = {}
T = TypeVar("T")


def on_postgresql() -> bool:
    """Whether the tests are to run on PostgreSQL."""
    return os.environ.get("PIMS_TEST_DATABASE") == "postgresql"


def missing() -> str:
    """What stands against starting a PostgreSQL server here; empty when nothing does."""
    if _program("initdb") is None or _program("postgres") is None:
        return "PostgreSQL is not installed: apt-get install postgresql"
    if os.geteuid() == 0 and USER not in {entry.pw_name for entry in pwd.getpwall()}:
        return f"running as root, and there is no user {USER} to run the server as"
    return ""


def new_database(folder: Path, *, migrated: bool = False, postgresql: bool | None = None) -> str:
    """URL of a database that is empty, or `migrated`; `folder` is where a SQLite file goes."""
    if not (on_postgresql() if postgresql is None else postgresql):
        path = folder / "hub.sqlite"
        if migrated:
            shutil.copy(_migrated_file(), path)
        return f"sqlite:///{path}"
    return _made(_migrated_database() if migrated else "template0")


def copy_of(url: str) -> str:
    """URL of a PostgreSQL database of its own with everything that stands in this one, which nobody uses meanwhile."""
    template = make_url(url).database
    assert template is not None
    _administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'")
    return _made(template)


def made_so_far() -> int:
    """How many PostgreSQL databases there are to be given back."""
    return len(_MADE)


@contextmanager
def migrated_by_copying() -> Iterator[None]:
    """An empty SQLite database that is to be brought to the newest version becomes a copy of one that was.

    Whatever is neither empty nor SQLite goes its way by the migrations themselves, and so did what is copied.
    """
    plain = command.upgrade

    def upgrade_or_copy(config: Config, revision: str) -> None:
        engine: Engine = config.attributes["engine"]
        newest = engine.dialect.name == "sqlite" and revision in ("head", revisions()[1])
        if not newest or engine.url.database == str(_template()) or inspect(engine).get_table_names():
            plain(config, revision)
            return
        with closing(sqlite3.connect(_migrated_file())) as made, _driver(engine) as driver:
            made.backup(driver)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", upgrade_or_copy)
        yield


def made_once(engine: Engine, name: Hashable, make: Callable[[], T]) -> T:
    """What `make` answers, having written into a database that is as new; from its second call on a copy is put there.

    Where something was written before, or on PostgreSQL, it is made each time.
    """
    if engine.dialect.name != "sqlite":
        return make()
    with _driver(engine) as driver:
        if _rows(driver) != _rows_of_new():
            return make()
        if name in _ONCE:
            copied, answer = _ONCE[name]
            copied.backup(driver)
            return cast("T", answer)
    answer = make()
    copied = sqlite3.connect(":memory:")
    with _driver(engine) as driver:
        driver.backup(copied)
    _ONCE[name] = copied, answer
    return answer


@contextmanager
def _driver(engine: Engine) -> Iterator[sqlite3.Connection]:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        yield driver


def _rows(driver: sqlite3.Connection) -> list[tuple[str, int]]:
    """How many rows each table has."""
    tables = [name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return driver.execute(
        " UNION ALL ".join(f"SELECT '{one}', count(*) FROM \"{one}\"" for one in tables)
    ).fetchall()


@cache
def _rows_of_new() -> list[tuple[str, int]]:
    with closing(sqlite3.connect(_migrated_file())) as driver:
        return _rows(driver)


def drop_since(count: int) -> None:
    """Give the newest ones back, whoever is still connected to them, until `count` are left."""
    while len(_MADE) > count:
        _administer(f"DROP DATABASE {_MADE.pop()} WITH (FORCE)")


def chosen(folder: Path) -> list[str]:
    """What `pims-hub init` has to be told so that it uses the database these tests run on."""
    return ["--database", new_database(folder)] if on_postgresql() else []


@cache
def server() -> Path:
    """Folder of the running server's socket."""
    parent = _quickest_folder()
    clear_up(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    data = folder / "data"
    made = [str(_program("initdb")), "-D", str(data), "-U", "pims", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(_as_owner(*made), check=True, capture_output=True)
    options = [word for option in OPTIONS for word in ("-c", option)]
    command = [str(_program("postgres")), "-D", str(data), "-k", str(folder), "-h", "", "-F", *options]
    process = subprocess.Popen(_as_owner(*command), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any("ready to accept connections" in line for line in process.stderr)
    threading.Thread(target=process.stderr.read, daemon=True).start()
    atexit.register(_stop, process, folder)
    return folder


def clear_up(parent: Path) -> None:
    """Take away what runs of ours that were killed left in `parent`; the name says whose a folder was."""
    for folder in parent.glob(f"{PREFIX}*-*"):
        try:
            os.kill(int(folder.name.split("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            continue  # it lives, and is somebody else's


def _quickest_folder() -> Path:
    """In memory where there is room: a new database is 1,000 files, made for every test."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else Path(tempfile.gettempdir())


def _stop(process: subprocess.Popen[str], folder: Path) -> None:
    process.send_signal(signal.SIGINT)  # SIGTERM would wait for every session that somebody left open
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


def _url(name: str) -> str:
    return f"postgresql+psycopg://pims@/{name}?host={server()}"


def _made(template: str) -> str:
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    _create(name, template)
    _MADE.append(name)
    return _url(name)


def _create(name: str, template: str) -> None:
    """A copy of the files of `template`. Logging each page, as servers do since 15, takes four times that."""
    with _administrator().connect() as connection:
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
        how = "STRATEGY FILE_COPY" if version >= 150000 else ""
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} {how}")


def _administer(statement: str) -> None:
    with _administrator().connect() as connection:
        connection.exec_driver_sql(statement)


@cache
def _administrator() -> Engine:
    return make_engine(_url("postgres")).execution_options(isolation_level="AUTOCOMMIT")


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pims-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "hub.sqlite"


@cache
def _migrated_file() -> Path:
    engine = make_engine(f"sqlite:///{_template()}")
    upgrade(engine)
    engine.dispose()  # the last connection to close writes the log back into the file
    return _template()


@cache
def _migrated_database() -> str:
    name = f"migrated_{os.getpid()}"
    _create(name, "template0")
    engine = make_engine(_url(name))
    upgrade(engine)
    engine.dispose()
    return name


def _program(name: str) -> str | None:
    """Debian keeps the server's programs off the PATH, one folder a version."""
    found = shutil.which(name)
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return found or next((str(path) for path in sorted(versions, reverse=True)), None)


def _as_owner(*words: str) -> list[str]:
    """So that it ends when this process does, however that comes about: SIGINT disconnects the sessions left."""
    with_us = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        with_us += [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return [*with_us, *words]
