"""Bringing in beside the pages: one thread for each import that this process was asked to bring in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from hub.accounts.audit import Actor
from hub.database import Sessions
from hub.reception.register.bringing_in import bring_in

log = logging.getLogger("pims.hub.register")


class Importer:
    """Threads of this process. An import that stopped with its process goes on when somebody asks for it again."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions, self._clock = sessions, clock
        self._threads: dict[int, threading.Thread] = {}
        self._turn = threading.Lock()

    def go_on(self, import_id: int, actor: Actor) -> None:
        """Bring in what remains, beside other work; nothing when that is being done here already."""
        with self._turn:
            if self.is_at(import_id):
                return
            thread = threading.Thread(
                target=self._work, args=(import_id, actor), name=f"import-{import_id}", daemon=True
            )
            self._threads[import_id] = thread
            thread.start()

    def is_at(self, import_id: int) -> bool:
        """Whether this process is bringing it in."""
        thread = self._threads.get(import_id)
        return thread is not None and thread.is_alive()

    def wait(self, import_id: int, seconds: float) -> None:
        """Until it is through, at most so long."""
        thread = self._threads.get(import_id)
        if thread is not None:
            thread.join(seconds)

    def _work(self, import_id: int, actor: Actor) -> None:
        try:
            bring_in(self._sessions, import_id, actor=actor, clock=self._clock)
        except SQLAlchemyError as error:
            # What was brought in stays; the page says that it stopped and offers to go on.
            log.error("import %s stopped: %s", import_id, type(error).__name__)
