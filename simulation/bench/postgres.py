"""A PostgreSQL server of the measurement's own, as durable as one in service; stopped when it is done."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hub.database import make_engine

USER: Final = "postgres"
"""It refuses to run as root; this is who it runs as then."""
_READY: Final = "ready to accept connections"


def missing() -> str:
    """What stands against it here; empty when nothing does."""
    return (
        ""
        if _program("initdb") and _program("postgres")
        else "PostgreSQL is not installed: apt-get install postgresql"
    )


@contextmanager
def server() -> Iterator[Callable[[str], str]]:
    """Gives a function that makes an empty database of a name and tells its URL."""
    folder = Path(tempfile.mkdtemp(prefix="pims-bench-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    data = folder / "data"
    made = [str(_program("initdb")), "-D", str(data), "-U", "pims", "-A", "trust", "-E", "UTF8"]
    subprocess.run(_as_owner(*made), check=True, capture_output=True)
    command = [str(_program("postgres")), "-D", str(data), "-k", str(folder), "-h", ""]
    process = subprocess.Popen(_as_owner(*command), stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        if not any(_READY in line for line in process.stderr):
            raise SystemExit("PostgreSQL did not start; without it that figure cannot be measured")
        yield lambda name: _create(folder, name)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _create(folder: Path, name: str) -> str:
    engine = make_engine(_url(folder, "postgres")).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return _url(folder, name)


def _url(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://pims@/{name}?host={folder}"


def _program(name: str) -> str | None:
    found = shutil.which(name)
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return found or next((str(path) for path in sorted(versions, reverse=True)), None)


def _as_owner(*words: str) -> list[str]:
    if os.geteuid() != 0:
        return list(words)
    return ["setpriv", "--pdeathsig", "INT", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *words]
