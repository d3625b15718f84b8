"""`pims-edge run`: by which configuration this start goes, and a start anew when another is to be tried.

The process replaces itself, under the same number: whoever supervises it sees one service that goes on, and a gate
stands in its safe state for the seconds of a start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from edge.configuration.starting import Start, begin, give_up
from edge.errors import EdgeError
from edge.locking import held
from edge.log import Log
from edge.provisioning import Folder
from edge.settings import load

DIED = "One of its threads died with it."


def run_agent(folder: Folder, log: Log) -> int:
    """Runs until a signal (0) or until a thread dies (1); does not return when another configuration is to be tried.

    StartError when somebody has to put something right first.
    """
    anew = False
    load(folder.settings)  # a folder without a terminal in it has no lock to hold either
    with held(folder.lock):
        start = begin(folder.configuration, load(folder.settings), log.of("configuration"))
        # The engine reads this once, when it is imported.
        os.environ["PIMS_MATCHING_THREADS"] = str(start.settings.engine.threads)
        from edge.bootstrap import RESTART, THREAD_DIED, run

        status = _guarded(lambda: run(folder, start, log), start, log)
        anew = status == RESTART or (status == THREAD_DIED and give_up(start, DIED, log))
    if anew:
        start_anew()
    return status


def start_anew() -> None:
    """Becomes a new process in place of this one, by the same command."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command again


def _guarded(run: Callable[[], int], start: Start, log: Log) -> int:
    """A configuration on trial that the agent cannot even start with is taken back, and the start made anew."""
    from edge.bootstrap import RESTART

    try:
        return run()
    except EdgeError as error:
        if give_up(start, error.sentence, log):
            return RESTART
        raise
