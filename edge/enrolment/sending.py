"""Finished fingers on their way to the hub: said again until it holds them, and only then taken off the card."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from edge.enrolment.book import Book
from edge.enrolment.cabinet import Cabinet
from edge.enrolment.station import Station
from edge.log import Log
from wire.enrolment import (
    DeskReport,
    DeskTask,
    EnrolmentPart,
    EnrolmentReceipt,
    EnrolmentWord,
    Stage,
    TaskId,
    TaskProgress,
)

REPORT_S: Final = 10.0
FIRST_PATIENCE_S: Final = 10.0
LONGEST_PATIENCE_S: Final = 120.0
AT_ONCE: Final = 2
"""Parts in one tick of a second: scans and states share the line."""

MOST_KEPT: Final = 200


@dataclass
class _Way:
    """One part that was said: when, and how long the hub may take."""

    at_s: float
    patience_s: float


@dataclass
class _Standing:
    held: set[int] = field(default_factory=set)
    ways: dict[int, _Way] = field(default_factory=dict)


class Sending:
    """`tick` is called once a second by one thread; `receipt` and `changed` by any. `say` may drop a message."""

    def __init__(
        self,
        book: Book,
        cabinet: Cabinet,
        station: Station,
        say: Callable[[EnrolmentWord], None],
        *,
        now: Callable[[], datetime],
        log: Log,
    ) -> None:
        self._book = book
        self._cabinet = cabinet
        self._station = station
        self._say = say
        self._now = now
        self._log = log
        self._lock = threading.Lock()
        self._standing: dict[TaskId, _Standing] = {}
        self._settled: set[TaskId] = set()
        self._reported_s: float | None = None
        self._news = True

    def changed(self) -> None:
        """Something that the hub should hear with the next tick."""
        self._news = True

    def receipt(self, receipt: EnrolmentReceipt) -> None:
        """What the hub holds; acted on by the next tick."""
        with self._lock:
            if receipt.settled:
                self._settled.add(receipt.task)
            self._standing.setdefault(receipt.task, _Standing()).held |= set(receipt.parts)

    def to_send(self) -> int:
        """Finished tasks that the hub does not hold whole."""
        return len(self._finished())

    def tick(self, now_s: float) -> None:
        """Says what is due, `now_s` on the monotonic clock."""
        self._tidy()
        due = self._reported_s is None or now_s - self._reported_s >= REPORT_S
        if self._news or due:
            self._news, self._reported_s = False, now_s
            self._say(EnrolmentWord(report=self._report()))
        self._send_parts(now_s)

    def _send_parts(self, now_s: float) -> None:
        said = 0
        for task in self._cabinet.tasks():
            parts = self._cabinet.finished(task) or []
            for position in parts:
                if said < AT_ONCE and self._is_due(task, position, now_s):
                    sealed = self._cabinet.part(task, position)
                    if sealed is not None:
                        part = EnrolmentPart(task=task, position=position, parts=parts, sealed=sealed)
                        self._say(EnrolmentWord(part=part))
                        said += 1

    def _is_due(self, task: TaskId, position: int, now_s: float) -> bool:
        with self._lock:
            standing = self._standing.setdefault(task, _Standing())
            if position in standing.held:
                return False
            way = standing.ways.get(position)
            if way is not None and now_s - way.at_s < way.patience_s:
                return False
            patience_s = FIRST_PATIENCE_S if way is None else min(2 * way.patience_s, LONGEST_PATIENCE_S)
            standing.ways[position] = _Way(now_s, patience_s)
            return True

    def _tidy(self) -> None:
        """Lets go of what the hub has settled, and of unfinished captures that it took back."""
        with self._lock:
            settled, self._settled = self._settled, set()
        for task in self._cabinet.tasks():
            taken_back = self._book.is_said and self._book.task(task) is None
            if task in settled or (taken_back and self._cabinet.finished(task) is None):
                try:
                    self._cabinet.forget(task)
                except OSError as error:
                    self._log.warning("desk_not_tidied", why=error.strerror)
                    continue
                self._book.close(task)
                with self._lock:
                    self._standing.pop(task, None)
                self._station.serial += 1

    def _report(self) -> DeskReport:
        return DeskReport(
            book=self._book.version,
            said_at=self._now(),
            tasks=[self._progress(task) for task in self._book.tasks()],
            kept=self._finished()[:MOST_KEPT],
            refused=self._book.refused,
        )

    def _finished(self) -> list[TaskId]:
        return [task for task in self._cabinet.tasks() if self._cabinet.finished(task) is not None]

    def _progress(self, task: DeskTask) -> TaskProgress:
        closed = self._cabinet.closed(task.task)
        session = self._station.session()
        mine = session if session is not None and session.task.task == task.task else None
        if self._cabinet.finished(task.task) is not None:
            stage = Stage.FINISHED
        else:
            stage = Stage.CAPTURING if closed or mine is not None else Stage.WAITING
        return TaskProgress(
            task=task.task,
            stage=stage,
            done=len(closed),
            of=len(task.positions),
            position=mine.sequence.position if mine is not None else None,
            impressions=mine.sequence.taken if mine is not None else 0,
        )
