"""What a damaged journal still holds: its readable entries that the hub never confirmed are sent as what they are.

Entries keep their journal, number and chain, so the hub places them where they belong. A stretch that cannot be read
is left out; those behind it follow on their own, ahead of a gap that the hub then shows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from edge import journal_file
from edge.log import Log
from edge.ports import Heard, Slice, Standing
from edge.storage import write_durably
from wire.codec import decode
from wire.errors import WireError
from wire.journal import Ack, Entry, link

SENT = "sent"
"""Beside a set-aside journal: the hub holds all that could be read of it."""
MOST_ENTRIES = 100_000
"""In memory at once, some 50 MB; what is beyond it goes at the next start."""
MOST_LOST = 2_000
"""Entries in a row that cannot be read before the rest is given up."""
_FACTS = "SELECT terminal, journal_id, committed, backed_up, pruned_to, pruned_link FROM journal"
_FROM = "SELECT sequence, raw, link FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?"


class Stretch:
    """Consecutive entries that were saved; a `Held` for a courier."""

    def __init__(self, terminal: str, journal_id: bytes, first: int, before: bytes) -> None:
        self._terminal = terminal
        self._journal_id = journal_id
        self._first = first
        self._committed = first - 1
        self._links = [before]
        self._entries: list[bytes] = []

    def add(self, raw: bytes) -> None:
        self._entries.append(raw)
        self._links.append(link(self._links[-1], raw))

    @property
    def next(self) -> tuple[int, bytes]:
        """Number of the entry that would follow, and the link before it."""
        return self._first + len(self._entries), self._links[-1]

    def __len__(self) -> int:
        return len(self._entries)

    def standing(self) -> Standing:
        return Standing(
            terminal=self._terminal,
            journal_id=self._journal_id,
            committed=self._committed,
            backed_up=self._committed,
            pruned_to=self._first - 1,
            pruned_link=self._links[0],
            last=self._first + len(self._entries) - 1,
            last_link=self._links[-1],
        )

    def read(self, first: int, last: int, most_bytes: int) -> Slice:
        start = first - self._first
        taken: list[bytes] = []
        size = 0
        for raw in self._entries[start : last - self._first + 1]:
            size += len(raw)
            if taken and size > most_bytes:
                break
            taken.append(raw)
        return Slice(self._journal_id, first, self._links[start], taken)

    def acknowledge(self, ack: Ack) -> Heard:
        """The hub's word for the whole journal; behind a gap it says so in `ahead`, which the courier reads."""
        if ack.journal_id != self._journal_id:
            return Heard.OTHER_JOURNAL
        self._committed = max(self._committed, min(ack.committed, self.standing().last))
        return Heard.TAKEN


def find_stretches(root: Path, terminal: str, log: Log) -> list[Stretch]:
    """Everything unconfirmed in set-aside journals below `root`, oldest first."""
    found: list[Stretch] = []
    for path in sorted((root / "set-aside").glob("*/journal.sqlite")):
        if (path.parent / SENT).exists():
            continue
        saved = _read(path, terminal)
        count = sum(map(len, saved))
        if count:
            log.warning("journal_salvaged", folder=path.parent.name, entries=count, stretches=len(saved))
        else:
            _note_sent(path.parent, log)
        found += saved
        if sum(map(len, found)) >= MOST_ENTRIES:
            break
    return found


def note_all_sent(root: Path, log: Log) -> None:
    """Called when the hub holds every stretch that `find_stretches` gave."""
    for path in (root / "set-aside").glob("*/journal.sqlite"):
        if not (path.parent / SENT).exists():
            _note_sent(path.parent, log)


def _note_sent(folder: Path, log: Log) -> None:
    try:
        write_durably(folder / SENT, b"")
    except OSError as error:
        log.warning("salvage_not_noted", why=error.strerror)


def _read(path: Path, terminal: str) -> list[Stretch]:
    try:
        with closing(journal_file.connect_to_look(path)) as connection:
            facts = connection.execute(_FACTS).fetchone()
            if facts is None or not journal_file.is_sound(facts) or facts[0] != terminal:
                return []
            named, journal_id, committed, backed_up, pruned_to, pruned_link = facts
            return _stretches(
                connection,
                Standing(named, journal_id, committed, backed_up, pruned_to, pruned_link, 0, pruned_link),
            )
    except sqlite3.Error:
        return []


def _stretches(connection: sqlite3.Connection, standing: Standing) -> list[Stretch]:
    """Entries after the last confirmed one, in runs that their own bytes prove to be one chain."""
    found: list[Stretch] = []
    at, before = standing.pruned_to, standing.pruned_link
    for sequence, raw, stored in _rows(connection, standing.committed):
        fits = at == sequence - 1 and _holds(before, raw, stored, sequence)
        if fits and sequence > standing.committed:
            if not found or found[-1].next != (sequence, before):
                found.append(Stretch(standing.terminal, standing.journal_id, sequence, before))
            found[-1].add(raw)
        # Where an entry's own bytes are lost, the next one may still build on the link beside it.
        at, before = sequence, stored
    return found


def _rows(connection: sqlite3.Connection, committed: int) -> Iterator[tuple[int, bytes, bytes]]:
    """Rows from `committed` on in their order; over pages that cannot be read it steps, and gives up after many."""
    at, lost = committed, 0
    while lost < MOST_LOST:
        try:
            for sequence, raw, stored in connection.execute(_FROM, (at, MOST_ENTRIES)):
                if (
                    isinstance(raw, bytes)
                    and isinstance(stored, bytes)
                    and len(stored) == journal_file.LINK_BYTES
                ):
                    yield sequence, raw, stored
                at, lost = sequence + 1, 0
        except sqlite3.Error:
            at, lost = at + 1, lost + 1
        else:
            return


def _holds(before: bytes, raw: bytes, stored: bytes, sequence: int) -> bool:
    if link(before, raw) != stored:
        return False
    try:
        return decode(raw, Entry).sequence == sequence
    except WireError:
        return False
