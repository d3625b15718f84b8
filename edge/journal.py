"""The terminal's memory: signed for by its chain, on disk before any lamp, kept until the hub holds it.

One writer at a time adds entries with a synchronous commit. Reading, acknowledging, pruning and tidying go over a
second connection, so that the courier's work does not stand between a finger and its lamp.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from edge import journal_file
from edge.clock import Reading, disk_free_bytes
from edge.errors import JournalDamagedError, JournalFullError, JournalWriteError
from edge.journal_file import Mark, check_file
from edge.ports import Heard, Slice, Standing
from wire.codec import encode
from wire.journal import MAX_ENTRY_BYTES, Ack, Entry, link

PRUNE_STEP = 500
"""Entries deleted in one transaction: about 2 ms in which an append would wait."""


@dataclass(frozen=True)
class Room:
    """How much disk the journal may use. `most_bytes` bounds the file itself.

    Below `reserve_bytes` free it takes no entry; below `low_bytes` free it gives up entries that the hub has
    committed but not backed up.
    """

    most_bytes: int
    reserve_bytes: int
    low_bytes: int


class Journal:
    """An open journal. Made by `open_journal`; safe to use from every thread."""

    def __init__(self, path: Path, terminal: str, room: Room, found: Standing) -> None:
        self._path = path
        self._terminal = terminal
        self._room = room
        self._standing = found
        self._writing = threading.Lock()
        self._looking = threading.Lock()
        self._writer = self._open()
        self._side = self._open_side()

    def standing(self) -> Standing:
        """Where the journal stands now."""
        return self._standing

    def has_room(self) -> bool:
        """Whether the disk has more free than its reserve."""
        return disk_free_bytes(self._path.parent) >= self._room.reserve_bytes

    def append(self, reading: Reading, kind: str, body: bytes) -> int:
        """Sequence of the new entry, which is on disk when this returns.

        JournalFullError or JournalWriteError when it is not; the next append starts clean.
        """
        with self._writing:
            if not self.has_room():
                raise JournalFullError(f"The disk of {self._path.parent} is full: free some space.")
            entry = Entry(
                sequence=self._standing.last + 1,
                boot_id=reading.boot_id,
                boot_time_ms=reading.boot_time_ms,
                wall_time=reading.wall_time,
                clock=reading.confidence,
                kind=kind,
                body=body,
            )
            raw = encode(entry)
            if len(raw) > MAX_ENTRY_BYTES:
                raise JournalWriteError(f"An entry of {len(raw)} bytes is larger than the hub takes.")
            after = link(self._standing.last_link, raw)
            self._insert(entry.sequence, raw, after)
            self._standing = replace(self._standing, last=entry.sequence, last_link=after)
            return entry.sequence

    def read(self, first: int, last: int, most_bytes: int) -> Slice:
        """Entries from `first` to `last` as far as they fit in `most_bytes`, but at least one.

        Both must be held: after what was pruned, up to the last.
        """
        with self._looking:
            before = self._link_of(first - 1)
            entries: list[bytes] = []
            size = 0
            for (raw,) in self._side.execute(
                "SELECT raw FROM entries WHERE sequence BETWEEN ? AND ? ORDER BY sequence", (first, last)
            ):
                size += len(raw)
                if entries and size > most_bytes:
                    break
                entries.append(raw)
            return Slice(self._standing.journal_id, first, before, entries)

    def acknowledge(self, ack: Ack) -> Heard:
        """Takes the hub's word on how far it holds this journal; it may go back after the hub was restored.

        CONTRADICTION when the hub holds another entry, or more, than this journal: then it holds a fork.
        """
        with self._writing, self._looking:
            now = self._standing
            if ack.journal_id != now.journal_id:
                return Heard.OTHER_JOURNAL
            if ack.committed > now.last or not self._agrees(ack):
                return Heard.CONTRADICTION
            backed_up = min(ack.backed_up, ack.committed)
            if (ack.committed, backed_up) != (now.committed, now.backed_up):
                self._note_mark(ack.committed, backed_up)
                self._standing = replace(now, committed=ack.committed, backed_up=backed_up)
            return Heard.TAKEN

    def check_on(self, start: Mark, most: int) -> Mark:
        """How far the chain holds after `start`, of at most `most` entries; JournalDamagedError where it breaks."""
        with self._looking:
            now = self._standing
            held = start.journal_id == now.journal_id and start.sequence >= now.pruned_to
            first = start if held else Mark(now.journal_id, now.pruned_to, now.pruned_link)
            try:
                return journal_file.follow(self._side, first, most)
            except sqlite3.Error as error:
                raise JournalDamagedError(
                    f"The journal's file cannot be read ({journal_file.reason(error)})."
                ) from error

    def size(self) -> tuple[int, int]:
        """Bytes that the entries take, and bytes that they may still take before one is refused."""
        with self._looking:
            used = self._used_bytes()
            free = disk_free_bytes(self._path.parent) - self._room.reserve_bytes
            return used, max(0, min(self._room.most_bytes - used, free))

    def is_short(self) -> bool:
        """Whether the disk or the journal's own bound is nearly reached: time for somebody to make room."""
        with self._looking:
            return self._short_of_disk()

    def prune(self) -> int:
        """Deletes one step of what may go, oldest first, and says how many entries that were.

        That is what the hub has backed up, and when the disk or the file is nearly full what it has committed.
        """
        with self._writing, self._looking:
            now = self._standing
            may_go = now.committed if self._short_of_disk() else now.backed_up
            target = min(may_go, now.pruned_to + PRUNE_STEP)
            if target <= now.pruned_to:
                return 0
            mark = self._link_of(target)
            self._side.execute("BEGIN IMMEDIATE")
            try:
                self._side.execute("DELETE FROM entries WHERE sequence <= ?", (target,))
                self._side.execute("UPDATE journal SET pruned_to = ?, pruned_link = ?", (target, mark))
                self._side.execute("COMMIT")
            except sqlite3.Error:
                self._side.execute("ROLLBACK")
                raise
            self._standing = replace(now, pruned_to=target, pruned_link=mark)
            return target - now.pruned_to

    def tidy(self) -> None:
        """Moves what is in the write-ahead log to the main file, without holding up an append."""
        with self._looking:
            self._side.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def begin_anew(self, journal_id: bytes, name: str) -> Path:
        """Puts this file aside under `name` and goes on with an empty journal; returns where the old one is."""
        with self._writing, self._looking:
            self._close()
            folder = journal_file.set_aside(self._path, name)
            self._standing = _create(self._path, self._terminal, journal_id)
            self._writer, self._side = self._open(), self._open_side()
            return folder

    def close(self) -> None:
        with self._writing, self._looking:
            self._close()

    def _insert(self, sequence: int, raw: bytes, after: bytes) -> None:
        try:
            self._writer.execute("INSERT INTO entries VALUES (?, ?, ?)", (sequence, raw, after))
        except sqlite3.Error as error:
            self._start_clean()
            word = journal_file.reason(error)
            if word == "SQLITE_FULL":
                raise JournalFullError(
                    "The journal has no room for another entry: free some space."
                ) from error
            raise JournalWriteError(f"The journal cannot be written ({word}): check the card.") from error

    def _start_clean(self) -> None:
        """After a failed write the file alone knows its end; a connection that failed once is not used again."""
        try:
            self._writer.close()
            self._writer = self._open()
            found = journal_file.standing(self._writer)
        except (sqlite3.Error, JournalDamagedError):
            return  # still unwritable: the next append finds out for itself
        self._standing = replace(self._standing, last=found.last, last_link=found.last_link)

    def _note_mark(self, committed: int, backed_up: int) -> None:
        """A full disk costs nothing here: the mark holds in memory, and the hub says it again."""
        with contextlib.suppress(sqlite3.OperationalError):
            self._side.execute("UPDATE journal SET committed = ?, backed_up = ?", (committed, backed_up))

    def _agrees(self, ack: Ack) -> bool:
        if ack.committed <= self._standing.pruned_to:
            return (
                ack.committed < self._standing.pruned_to or ack.committed_link == self._standing.pruned_link
            )
        return self._link_of(ack.committed) == ack.committed_link

    def _link_of(self, sequence: int) -> bytes:
        if sequence == self._standing.pruned_to:
            return self._standing.pruned_link
        found: bytes = self._side.execute(
            "SELECT link FROM entries WHERE sequence = ?", (sequence,)
        ).fetchone()[0]
        return found

    def _short_of_disk(self) -> bool:
        if disk_free_bytes(self._path.parent) < self._room.low_bytes:
            return True
        return self._used_bytes() > 0.9 * self._room.most_bytes

    def _used_bytes(self) -> int:
        pages: int = self._side.execute("PRAGMA page_count").fetchone()[0]
        unused: int = self._side.execute("PRAGMA freelist_count").fetchone()[0]
        return (pages - unused) * _page_bytes(self._side)

    def _open_side(self) -> sqlite3.Connection:
        connection = self._open()
        # The hub repeats what it acknowledged, so this connection need not wait for the disk.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _open(self) -> sqlite3.Connection:
        connection = journal_file.connect(self._path)
        pages = max(8, self._room.most_bytes // _page_bytes(connection))
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    def _close(self) -> None:
        self._side.close()
        self._writer.close()


def _page_bytes(connection: sqlite3.Connection) -> int:
    size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return size


def _create(path: Path, terminal: str, journal_id: bytes) -> Standing:
    journal_file.create(path, terminal, journal_id)
    connection = journal_file.connect(path)
    try:
        return journal_file.standing(connection)
    finally:
        connection.close()


def open_journal(
    path: Path,
    terminal: str,
    room: Room,
    new_id: Callable[[], bytes],
    aside_name: Callable[[], str],
    mark: Mark | None = None,
) -> tuple[Journal, JournalDamagedError | None]:
    """The terminal's journal, and what was wrong with the one before if it had to be put aside.

    A missing file is begun; a damaged one is kept under `set-aside/<aside_name()>/`, never repaired or deleted.
    What `mark` vouches for is not read again.
    """
    if not path.exists():
        if path.with_name(
            path.name + "-wal"
        ).exists():  # of a file that is gone: it would be mixed into the new one
            journal_file.set_aside(path, aside_name())
        return Journal(path, terminal, room, _create(path, terminal, new_id())), None
    try:
        return Journal(path, terminal, room, check_file(path, terminal, mark)), None
    except JournalDamagedError as damage:
        journal_file.set_aside(path, aside_name())
        return Journal(path, terminal, room, _create(path, terminal, new_id())), damage
