"""An exchange that was killed: the next one on its machine does not wait for its turns to run out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from hub.sharing.outbox.identity import FILE, token_of

HOLD = """
import sys, time
from pathlib import Path
from hub.sharing.outbox.identity import token_of
with token_of(Path(sys.argv[1])) as token:
    print(token, flush=True)
    time.sleep(60)
"""


def test_the_token_of_one_that_was_killed_is_taken_up_and_of_one_that_lives_is_not(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = other.stdout.readline().strip()
        with token_of(tmp_path) as beside:
            assert len(beside) == 36
            assert beside != theirs
        os.kill(other.pid, signal.SIGKILL)
        other.wait(10)
    for _ in range(2):
        with token_of(tmp_path) as after:
            assert after == theirs


def test_a_file_that_was_torn_gets_a_new_token_that_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("half a tok")
    with token_of(tmp_path) as first:
        assert len(first) == 36
    with token_of(tmp_path) as second:
        assert second == first
