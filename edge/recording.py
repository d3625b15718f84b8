"""Between what happened and the journal: every entry gets its clocks, and the courier hears of it."""

from __future__ import annotations

from collections.abc import Callable

from edge.clock import Reading
from edge.courier import Seal
from edge.journal import Journal
from edge.ports import Clock, Slice
from wire.codec import decode, encode
from wire.happenings import Happening
from wire.journal import Entry, seal_batch
from wire.keys import SigningKey

LOOK_BACK = 256
"""Entries looked at for the border between live and history after a start; older ones are history anyway."""


class JournalRecorder:
    """`Recorder` over the journal; `wake` is called after each entry."""

    def __init__(self, journal: Journal, clock: Clock, wake: Callable[[], None]) -> None:
        self._journal = journal
        self._clock = clock
        self._wake = wake

    def record(self, happening: Happening) -> None:
        self._journal.append(self._clock.read(), happening.KIND, encode(happening))
        self._wake()

    def has_room(self) -> bool:
        return self._journal.has_room()


def batch_sealer(terminal: str, key: SigningKey) -> Seal:
    """Makes signed batches of this terminal."""

    def seal(held: Slice, historical: bool) -> bytes:
        return seal_batch(
            terminal, held.journal_id, held.first, held.before, held.entries, key, historical=historical
        )

    return seal


def last_settled(journal: Journal, now: Reading, live_s: float) -> int:
    """Sequence of the last entry that is history at the start: from another boot, or older than `live_s`."""
    standing = journal.standing()
    first = max(standing.pruned_to + 1, standing.last - LOOK_BACK + 1)
    while first <= standing.last:
        held = journal.read(first, standing.last, 1 << 20)
        for offset, raw in enumerate(held.entries):
            entry = decode(raw, Entry)
            age_ms = now.boot_time_ms - entry.boot_time_ms
            if entry.boot_id == now.boot_id and age_ms < live_s * 1000:
                return held.first + offset - 1
        first = held.last + 1
    return standing.last
