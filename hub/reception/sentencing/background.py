"""Trials of a change of policy, run beside the pages: one thread a trial, parts of a moment each."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from datetime import datetime

from hub.custody.sentencing.trials import step
from hub.database import Sessions, session_scope

log = logging.getLogger("pims.hub.trials")


class TrialRunner:
    """Goes on with trials. Two processes may run the same one: each part is done by one of them."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._running: dict[int, threading.Thread] = {}
        self._lock = threading.Lock()

    def go(self, trial_id: int) -> None:
        """Go on with a trial, unless this process is at it already."""
        with self._lock:
            before = self._running.get(trial_id)
            if before is not None and before.is_alive():
                return
            thread = threading.Thread(target=self._run, args=(trial_id,), name="policy trial", daemon=True)
            self._running[trial_id] = thread
        thread.start()

    def wait(self, trial_id: int) -> None:
        """Until this process has nothing more to do for a trial."""
        with self._lock:
            thread = self._running.get(trial_id)
        if thread is not None:
            thread.join()

    def _run(self, trial_id: int) -> None:
        try:
            more = True
            while more:
                with session_scope(self._sessions) as session:
                    more = step(session, trial_id, self._clock())
        except Exception as error:  # noqa: BLE001 - a thread has nobody above it; the trial is taken up again later
            # Parameters of a statement can be names: only where it happened goes into the log.
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("trial %s stopped: %s\n%s", trial_id, type(error).__name__, frames)
        finally:
            with self._lock:
                self._running.pop(trial_id, None)
