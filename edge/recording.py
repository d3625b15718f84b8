"""Between what happened and the journal: every entry gets its clocks, and the courier hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edge.clock import Reading
from edge.courier import Seal
from edge.journal import Journal
from edge.ports import Clock, Slice, Standing
from wire.codec import decode, encode
from wire.errors import WireError
from wire.happenings import EntryReference, Happening, read_body
from wire.journal import Entry, seal_batch
from wire.keys import SigningKey

LOOK_BACK = 256
"""Entries looked at for the border between live and history after a start; older ones are history anyway."""


Listener = Callable[[EntryReference, Reading, Happening], object]


class JournalRecorder:
    """`Recorder` over the journal, for every thread; `wake` is called after each entry, and so are the listeners."""

    def __init__(self, journal: Journal, clock: Clock, wake: Callable[[], None]) -> None:
        self._journal = journal
        self._clock = clock
        self._wake = wake
        self._listeners: list[Listener] = []

    def tell(self, listener: Listener) -> None:
        """`listener` hears of each entry from now on, on the thread that recorded it. It must be quick."""
        self._listeners.append(listener)

    def record(self, happening: Happening) -> EntryReference:
        reading = self._clock.read()
        journal_id = self._journal.standing().journal_id
        sequence = self._journal.append(reading, happening.KIND, encode(happening))
        reference = EntryReference(
            terminal=self._journal.standing().terminal, journal_id=journal_id, sequence=sequence
        )
        for listener in self._listeners:
            listener(reference, reading, happening)
        self._wake()
        return reference

    def has_room(self) -> bool:
        return self._journal.has_room()


def batch_sealer(terminal: str, key: SigningKey) -> Seal:
    """Makes signed batches of this terminal."""

    def seal(held: Slice, historical: bool) -> bytes:
        return seal_batch(
            terminal, held.journal_id, held.first, held.before, held.entries, key, historical=historical
        )

    return seal


def history_at_start(journal: Journal, now: Reading, live_s: float) -> tuple[int, list[tuple[float, int]]]:
    """Sequence of the last entry that is history already, and age in seconds and sequence of each that is not.

    History is what is from another boot, or older than `live_s`.
    """
    standing = journal.standing()
    first = max(standing.pruned_to + 1, standing.last - LOOK_BACK + 1)
    settled, young = standing.last, list[tuple[float, int]]()
    while first <= standing.last:
        held = journal.read(first, standing.last, 1 << 20)
        for sequence, raw in enumerate(held.entries, held.first):
            entry = decode(raw, Entry)
            age_ms = now.boot_time_ms - entry.boot_time_ms
            if young or (entry.boot_id == now.boot_id and age_ms < live_s * 1000):
                settled = settled if young else sequence - 1
                young.append((age_ms / 1000, sequence))
        first = held.last + 1
    return settled, young


def latest(journal: Journal, count: int) -> Iterator[tuple[EntryReference, Reading, Happening]]:
    """What the last `count` entries that are still held say, in their order; forms of other versions are left out."""
    standing = journal.standing()
    first = max(standing.pruned_to + 1, standing.last - count + 1)
    while first <= standing.last:
        held = journal.read(first, standing.last, 1 << 20)
        for raw in held.entries:
            entry = decode(raw, Entry)
            said = _said(entry)
            if said is not None:
                reading = Reading(entry.boot_id, entry.boot_time_ms, entry.wall_time, entry.clock)
                yield _reference(standing, entry), reading, said
        first = held.last + 1


def _said(entry: Entry) -> Happening | None:
    """An entry whose form this version does not know must not keep a gate shut."""
    try:
        return read_body(entry)
    except WireError:
        return None


def _body(entry: Entry) -> Happening | None:
    try:
        return read_body(entry)
    except WireError:
        return None


def _reference(standing: Standing, entry: Entry) -> EntryReference:
    return EntryReference(terminal=standing.terminal, journal_id=standing.journal_id, sequence=entry.sequence)
