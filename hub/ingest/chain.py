"""Which entries of a journal follow from each other, and how far the hub holds it without a gap. Pure.

The chain that starts at the journal's genesis is the one the hub follows. What arrives beyond a gap is taken on
trust as canonical until the gap closes; should it not fit then, the entry that does fit takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wire.journal import Linked


@dataclass
class Row:
    """One stored or new entry. `linked` is None for a row known by its place only."""

    sequence: int
    link: bytes
    before: bytes
    canonical: bool
    linked: Linked | None = None

    @property
    def key(self) -> tuple[int, bytes]:
        return self.sequence, self.link


@dataclass(frozen=True)
class Conflict:
    """An entry that contradicts what is held: `held_link` stands where `link` claims to be, or before it."""

    sequence: int
    link: bytes
    held_link: bytes


class Chain:
    """A stretch of one journal being extended.

    `rows` are the stored entries from one before the first to be placed to one after the last. After placing and
    advancing, `fresh` are the new rows and `changed` the stored rows whose `canonical` flag turned.
    """

    def __init__(self, committed: int, committed_link: bytes, rows: Iterable[Row]) -> None:
        self.committed = committed
        self.committed_link = committed_link
        self.fresh: list[Row] = []
        self.changed: list[Row] = []
        self.conflicts: list[Conflict] = []
        self.duplicates = 0
        self._at: dict[int, list[Row]] = {}
        self.learn(rows)

    def learn(self, rows: Iterable[Row]) -> None:
        """Add stored rows further on."""
        for row in rows:
            self._at.setdefault(row.sequence, []).append(row)

    def place(self, linked: Linked) -> None:
        """Take in one authentic entry; the same one again is only counted."""
        sequence = linked.entry.sequence
        if self._find(sequence, linked.link) is not None:
            self.duplicates += 1
            return
        conflict = self._conflict(linked)
        row = Row(sequence, linked.link, linked.before, canonical=conflict is None, linked=linked)
        if conflict is not None and not self._continues_fork(linked):
            self.conflicts.append(conflict)
        self._at.setdefault(sequence, []).append(row)
        self.fresh.append(row)

    def advance(self) -> None:
        """Move `committed` over every row that follows by its link, making it the canonical one of its place."""
        while (row := self._next()) is not None:
            if not row.canonical:
                self._promote(row)
            self.committed, self.committed_link = row.sequence, row.link

    def _find(self, sequence: int, link: bytes) -> Row | None:
        return next((row for row in self._at.get(sequence, ()) if row.link == link), None)

    def _canonical(self, sequence: int) -> Row | None:
        return next((row for row in self._at.get(sequence, ()) if row.canonical), None)

    def _conflict(self, linked: Linked) -> Conflict | None:
        sequence = linked.entry.sequence
        held = self._canonical(sequence)
        if held is not None:
            return Conflict(sequence, linked.link, held.link)
        if sequence == self.committed + 1:
            expected: bytes | None = self.committed_link
        else:
            previous = self._canonical(sequence - 1)
            expected = None if previous is None else previous.link
        if expected is not None and expected != linked.before:
            return Conflict(sequence, linked.link, expected)
        if self._continues_fork(linked):
            return Conflict(sequence, linked.link, linked.before)
        return None

    def _continues_fork(self, linked: Linked) -> bool:
        previous = self._find(linked.entry.sequence - 1, linked.before)
        return previous is not None and not previous.canonical

    def _next(self) -> Row | None:
        fitting = [row for row in self._at.get(self.committed + 1, ()) if row.before == self.committed_link]
        return next((row for row in fitting if row.canonical), fitting[0] if fitting else None)

    def _promote(self, row: Row) -> None:
        held = self._canonical(row.sequence)
        if held is not None:
            self._turn(held, canonical=False)
            self.conflicts.append(Conflict(held.sequence, held.link, row.link))
        self._turn(row, canonical=True)

    def _turn(self, row: Row, *, canonical: bool) -> None:
        row.canonical = canonical
        if not any(row is other for other in (*self.fresh, *self.changed)):
            self.changed.append(row)
