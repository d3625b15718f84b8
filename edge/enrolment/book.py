"""The desk's book of open tasks, as the hub last said: it outlives a restart, and never goes backwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from edge.downlink import Downlink
from edge.log import Log
from edge.storage import write_durably
from wire.codec import decode
from wire.enrolment import (
    DOWN,
    DeskBook,
    DeskTask,
    DeskTasks,
    DeskWord,
    EnrolmentReceipt,
    TaskId,
    book_context,
)
from wire.errors import WireError
from wire.keys import OpeningKey, SealingKey, sealing_key
from wire.sealing import unseal
from wire.versions import NOTHING, Version


class Book:
    """Kept at `path` as it came: signed by the hub and sealed to this terminal. Any thread may ask.

    `changed` is called after a newer book was taken, `receipt` with what the hub says that it holds.
    """

    def __init__(
        self,
        path: Path,
        terminal: str,
        opening: OpeningKey,
        downlink: Downlink,
        log: Log,
        *,
        changed: Callable[[], None],
        receipt: Callable[[EnrolmentReceipt], None],
    ) -> None:
        self._path = path
        self._terminal = terminal
        self._opening = opening
        self._downlink = downlink
        self._log = log
        self._changed = changed
        self._receipt = receipt
        self._lock = threading.Lock()
        self._version = NOTHING
        self._receiving: SealingKey | None = None
        self._tasks: dict[TaskId, DeskTask] = {}
        self.refused = 0

    @property
    def version(self) -> Version:
        return self._version

    @property
    def is_said(self) -> bool:
        """Whether the hub ever said what is to be done here."""
        return self._version > NOTHING

    @property
    def receiving_key(self) -> SealingKey | None:
        """What results are sealed to; None before the first book."""
        return self._receiving

    def tasks(self) -> list[DeskTask]:
        with self._lock:
            return list(self._tasks.values())

    def task(self, name: TaskId) -> DeskTask | None:
        with self._lock:
            return self._tasks.get(name)

    def close(self, name: TaskId) -> None:
        """The hub has settled this one: nobody begins it again before the next book comes."""
        with self._lock:
            self._tasks.pop(name, None)

    def load(self) -> None:
        """What was held before the start; a file that cannot be read is as none: the hub says it again."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            self._log.warning("desk_book_unread", why=error.strerror)
            return
        word = self._downlink.read(raw, DOWN, DeskWord)
        if word is not None and word.book is not None:
            self._open(word.book)

    def take(self, raw: bytes) -> None:
        """A word from the hub; one that is refused is counted and changes nothing."""
        word = self._downlink.read(raw, DOWN, DeskWord)
        if word is None:
            return
        if word.receipt is not None:
            self._receipt(word.receipt)
        if word.book is not None and word.book.version > self._version and self._open(word.book):
            try:
                write_durably(self._path, raw)
            except OSError as error:
                self._log.warning("desk_book_unsaved", why=error.strerror)
            self._changed()

    def _open(self, book: DeskBook) -> bool:
        try:
            plain = unseal(book.sealed, self._opening, book_context(self._terminal, book.version))
            tasks = decode(plain, DeskTasks).tasks
            receiving = sealing_key(book.receiving_key)
        except (WireError, ValueError):
            self.refused += 1
            self._log.warning("desk_book_refused")
            return False
        with self._lock:
            self._tasks = {task.task: task for task in tasks}
            self._version, self._receiving = book.version, receiving
        return True
