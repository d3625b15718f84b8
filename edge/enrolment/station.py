"""The capture that is going on at the glass: touches from the agent's thread, an officer's words from the page's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edge.enrolment.book import Book
from edge.enrolment.cabinet import Cabinet
from edge.enrolment.judging import Engine, TakenPrint, judge
from edge.enrolment.sequence import Capturing, Closed, Whole, Word
from edge.errors import DeskRefusedError
from edge.log import Log
from edge.ports import Capture, Light
from matching import MatchingError, Template
from wire.codec import encode
from wire.enrolment import DeskTask, Impression, TakenFinger, TaskId, Unusable, part_context
from wire.sealing import seal

IDLE_S: Final = 300.0
"""After this long without a touch or a word the capture is put away: the next finger may be somebody else's."""

_GOOD = frozenset({Word.TAKEN, Word.WHOLE, Word.BEGUN_ANEW})


@dataclass
class Session:
    """A begun task: `operator` answers for it."""

    task: DeskTask
    operator: str
    sequence: Capturing
    glass: str = "empty"
    active_at: float = 0.0


class Station:
    """`edge.ports.Station`. `now` is the wall clock in UTC, `monotonic` in seconds; `changed` is told of progress."""

    def __init__(
        self,
        terminal: str,
        engine: Engine,
        book: Book,
        cabinet: Cabinet,
        *,
        sensor: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        changed: Callable[[], None],
        log: Log,
    ) -> None:
        self._terminal = terminal
        self._engine = engine
        self._book = book
        self._cabinet = cabinet
        self._sensor = sensor
        self._now = now
        self._monotonic = monotonic
        self._changed = changed
        self._log = log
        self._lock = threading.RLock()
        self._session: Session | None = None
        self.notice = ""
        self.serial = 0

    def session(self) -> Session | None:
        return self._session

    def wants_finger(self) -> bool:
        """Whether a capture is going on, for a finger that was just seen; one that was forgotten ends here."""
        with self._lock:
            session = self._session
            if session is not None and self._monotonic() - session.active_at > IDLE_S:
                self._end("idle")
            if self._session is not None:
                self._show_glass(self._session, "finger")
            return self._session is not None

    def finger(self, capture: Capture, seen_at: float) -> Light:
        """One touch; the light says whether it was kept."""
        session = self._session
        if session is None or session.sequence.complete:
            return Light.READY
        one = judge(self._engine, capture, sensor=self._sensor, at=self._now())
        with self._lock:
            if self._session is not session:
                return Light.READY  # it was put away while the image was judged
            whole = session.sequence.touch(one)
            if whole is not None:
                self._close(session, whole)
            session.active_at = self._monotonic()
            session.glass = "lift"
            self._tell()
            return Light.ADMIT if session.sequence.said.word in _GOOD else Light.AGAIN

    def interrupted(self, seen_at: float) -> Light:
        """The sensor did not deliver the image."""
        with self._lock:
            if self._session is not None:
                self._session.sequence.interrupted()
                self._session.glass = "lift"
                self._tell()
        return Light.AGAIN

    def lifted(self) -> None:
        """The glass is free for the next touch."""
        if self._session is not None:
            self._show_glass(self._session, "empty")

    def begin(self, name: TaskId, operator: str) -> None:
        """Opens a task, or goes on with it; DeskRefusedError when it is not one of this desk, or another is open."""
        with self._lock:
            task = self._book.task(name)
            if task is None:
                raise DeskRefusedError("no_task", "The hub has taken this task back. Choose another.")
            if self._session is not None and self._session.task.task != name:
                raise DeskRefusedError("busy", "Another capture is open. Put it away first.")
            if self._cabinet.finished(name) is not None:
                raise DeskRefusedError("finished", "This capture is finished and on its way to the hub.")
            self._session = Session(task, operator, self._sequence(task), active_at=self._monotonic())
            self.notice = ""
            self._tell()

    def operated_by(self, operator: str) -> None:
        """Whoever is signed in at the page answers for the next finger, also of a capture that another began."""
        with self._lock:
            if self._session is not None:
                self._session.operator = operator

    def redo(self, position: int) -> None:
        with self._lock:
            session = self._opened()
            session.sequence.redo(position)
            self._cabinet.drop(session.task.task, position)
            self._tell()

    def unusable(self, reason: Unusable, note: str) -> None:
        with self._lock:
            session = self._opened()
            self._close(session, session.sequence.unusable(reason, note.strip()))
            self._tell()

    def keep_best(self) -> None:
        with self._lock:
            session = self._opened()
            self._close(session, session.sequence.keep_best())
            self._tell()

    def leave(self) -> None:
        """Puts the capture away; whole fingers stay on the card for the next time."""
        with self._lock:
            self._opened()
            self._end("")

    def finish(self) -> None:
        """Hands the result over to the hub."""
        with self._lock:
            session = self._opened()
            if not session.sequence.complete:
                raise DeskRefusedError("not_done", "Some fingers are still open. Take them or say why not.")
            try:
                self._cabinet.finish(session.task.task, session.sequence.positions)
            except OSError as error:
                raise _card_full(self._log, error) from error
            self._end("")

    def book_changed(self) -> None:
        """A task that the hub took back is not gone on with."""
        with self._lock:
            if self._session is not None and self._book.task(self._session.task.task) is None:
                self._end("cancelled")

    def _sequence(self, task: DeskTask) -> Capturing:
        known: dict[int, list[Template]] = {}
        for finger in task.known:
            try:
                known.setdefault(finger.position, []).append(Template.from_iso(finger.template))
            except MatchingError:
                self._log.warning("desk_known_finger_unread")
        closed: dict[int, Closed] = self._cabinet.closed(task.task)
        return Capturing(task.positions, task.impressions, self._engine.compare, known=known, closed=closed)

    def _close(self, session: Session, whole: Whole) -> None:
        """Seals the finger onto the card; only then it counts."""
        key = self._book.receiving_key
        if key is None:
            raise DeskRefusedError("no_task", "The hub has taken this task back. Choose another.")
        name = session.task.task
        plain = encode(_finger(session, whole, self._now()))
        sealed = seal(plain, key, part_context(self._terminal, name, whole.position))
        try:
            self._cabinet.keep(name, whole.position, sealed, whole.closed)
        except OSError as error:
            self._log.error("desk_card_refused", why=error.strerror)
            session.sequence.not_sealed()
            return
        session.sequence.close(whole)

    def _opened(self) -> Session:
        if self._session is None:
            raise DeskRefusedError("none_open", "No capture is open. Choose one from the list.")
        self._session.active_at = self._monotonic()
        return self._session

    def _end(self, notice: str) -> None:
        self._session = None
        self.notice = notice
        self._tell()

    def _show_glass(self, session: Session, glass: str) -> None:
        with self._lock:
            if session.glass != glass:
                session.glass = glass
                self.serial += 1

    def _tell(self) -> None:
        self.serial += 1
        self._changed()


def _finger(session: Session, whole: Whole, at: datetime) -> TakenFinger:
    prints: tuple[TakenPrint, ...] = whole.prints
    images: list[Impression] = [one.impression for one in prints if one.impression is not None]
    return TakenFinger(
        task=session.task.task,
        position=whole.position,
        operator=session.operator,
        impressions=images,
        taken_at=at,
        below=whole.below,
        unusable=whole.unusable,
        note=whole.note,
    )


def _card_full(log: Log, error: OSError) -> DeskRefusedError:
    log.error("desk_card_refused", why=error.strerror)
    return DeskRefusedError("card", "The card takes no more. Nothing is lost: free some space and try again.")
