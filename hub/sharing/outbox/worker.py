"""The process that carries: reads facts, sends to every agency at once, writes and fetches files."""

from __future__ import annotations

import logging
import random
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from hub.database import Sessions, is_busy, session_scope
from hub.pace import is_over
from hub.sharing.outbox import cursor, signed_dates
from hub.sharing.outbox.channels import agencies_with_webhook
from hub.sharing.outbox.deriving import FactRow
from hub.sharing.outbox.drops.running import Drops
from hub.sharing.outbox.sending import Sender
from hub.sharing.outbox.signing import Signer
from hub.sharing.outbox.spreading import AT_ONCE, spread

LOOK_S: Final = 0.5
"""How soon a new fact is on its way."""
AGENCIES_S: Final = 5.0
DATES_EVERY: Final = timedelta(seconds=10)
FILES_EVERY: Final = timedelta(minutes=1)

_log: Final = logging.getLogger(__name__)


class Corrector(Protocol):
    """What tells agencies of what proved wrong."""

    def facts(self, session: Session, rows: Sequence[FactRow], at: datetime) -> None: ...
    def waits(self, session: Session) -> bool: ...
    def merges(self, session: Session, at: datetime) -> None: ...


@dataclass(frozen=True)
class Duties:
    """What else the process does: `weekly` is asked every minute what has fallen due."""

    corrector: Corrector
    weekly: Callable[[datetime], None]


@dataclass
class Exchange:
    """Everything that goes out and what comes in as files. `folder` is the hub's, for files and keys.

    `deliver` and `sweep` do one turn in the calling thread; `run` does all of it in threads of its own: a receiver that
    is slow or dead keeps nobody else waiting. `corrector` tells of what proved wrong; `duties` is what else falls due
    by the clock, and is called with every sweep.
    """

    sessions: Sessions
    signer: Callable[[], Signer]
    api: str
    clock: Callable[[], datetime]
    drops: Drops | None = None
    chance: Callable[[], float] = random.random
    deadline_s: float = 30.0
    corrector: Corrector | None = None
    duties: Callable[[datetime], None] | None = None
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    _senders: dict[str, Sender] = field(default_factory=dict, init=False)
    _dates_at: datetime | None = field(default=None, init=False)

    def gather(self) -> int:
        """Read every fact that is new; how many."""
        correct = None if self.corrector is None else self.corrector.facts
        self._merges()
        self._signed_dates()
        read = 0
        while True:
            with session_scope(self.sessions, writes=False) as session:
                if not cursor.anything_new(session):
                    return read
            with session_scope(self.sessions) as session:
                count = spread(session, self.clock(), correct=correct)
            read += count
            if count < AT_ONCE:
                return read

    def _merges(self) -> None:
        if self.corrector is None:
            return
        with session_scope(self.sessions, writes=False) as session:
            if not self.corrector.waits(session):
                return
        with session_scope(self.sessions) as session:
            self.corrector.merges(session, self.clock())

    def _signed_dates(self) -> None:
        now = self.clock()
        if not is_over(self._dates_at, DATES_EVERY, now):
            return
        self._dates_at = now
        with session_scope(self.sessions, writes=False) as session:
            if not signed_dates.due(session, now):
                return
        with session_scope(self.sessions) as session:
            signed_dates.tell(session, now)

    def deliver(self) -> None:
        """Send to every agency in turn whatever is due."""
        for agency in sorted(self.agencies()):
            while self.sender(agency).round():
                pass

    def sweep(self) -> None:
        """Write the files that are due, push them, and take in what lies in the drops."""
        if self.duties is not None:
            self.duties(self.clock())
        if self.drops is not None:
            self.drops.turn(self.clock())

    def agencies(self) -> frozenset[str]:
        """Agencies whose program is told."""
        with session_scope(self.sessions, writes=False) as session:
            return agencies_with_webhook(session)

    def sender(self, agency: str) -> Sender:
        """The one that sends to an agency from this process."""
        if agency not in self._senders:
            self._senders[agency] = Sender(
                self.sessions,
                agency,
                self.signer,
                self.api,
                self.token,
                self.clock,
                self.chance,
                self.deadline_s,
            )
        return self._senders[agency]

    def once(self) -> None:
        """One turn of everything."""
        self.gather()
        self.deliver()
        self.sweep()

    def run(self, stop: threading.Event, alive: Callable[[], None]) -> None:
        """Go on until `stop`; `alive` is called while the reading of facts goes on."""
        threads: dict[str, threading.Thread] = {}
        files = threading.Thread(target=self._files, args=(stop,), name="drops", daemon=True)
        files.start()
        while not stop.is_set():
            self._careful(self._look, threads, stop)
            alive()
            stop.wait(LOOK_S)
        for thread in (*threads.values(), files):
            thread.join(self.deadline_s + 5)
        self.close()

    def close(self) -> None:
        """Give back every connection."""
        for sender in self._senders.values():
            sender.close()

    def _look(self, threads: dict[str, threading.Thread], stop: threading.Event) -> None:
        self.gather()
        for agency in self.agencies() - set(threads):
            thread = threading.Thread(
                target=self._send, args=(agency, stop), name=f"to {agency}", daemon=True
            )
            threads[agency] = thread
            thread.start()

    def _send(self, agency: str, stop: threading.Event) -> None:
        sender = self.sender(agency)
        while not stop.is_set():
            more = self._careful(sender.round)
            if not more:
                stop.wait(LOOK_S)

    def _files(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._careful(self.sweep)
            stop.wait(FILES_EVERY.total_seconds())

    def _careful(self, work: Callable[..., object], *given: object) -> bool:
        try:
            return bool(work(*given))
        except OperationalError as error:
            if not is_busy(error):
                _log.error("exchange: the database cannot be used: %s", type(error.orig).__name__)
        except DBAPIError as error:
            _log.error("exchange: the database refused something: %s", type(error.orig).__name__)
        except Exception as error:  # noqa: BLE001 - one agency's trouble must not end the others'
            # Its words may hold what it stumbled over.
            _log.error("exchange: a turn failed at %s: %s", _where(error), type(error).__name__)
        return False


def _where(error: BaseException) -> str:
    """File and line of the innermost call, which hold nothing of anybody."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
