"""The PostgreSQL server that tests start for themselves does not outlive them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import REPOSITORY
from ..databases import clear_up, missing
from ..waiting import until

START = """
import signal
from tests import databases

print(databases.server(), flush=True)
signal.pause()
"""


@pytest.mark.skipif(bool(missing()), reason=f"PostgreSQL was not tested: {missing()}")
def test_a_server_ends_with_a_run_that_was_killed() -> None:
    command = [sys.executable, "-c", START]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().strip())
        running = folder / "data" / "postmaster.pid"
        assert running.exists()
        run.kill()
    assert until(lambda: not running.exists())
    clear_up(folder.parent)
    assert not folder.exists()
