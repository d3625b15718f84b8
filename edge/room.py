"""How long the journal may grow as it does now before it must refuse an entry."""

from __future__ import annotations

from typing import Protocol

from edge.ports import Held
from wire.codec import decode
from wire.journal import Entry

LOOK_BACK = 5_000
"""Entries whose pace is taken for the coming days."""
ENTRY_BYTES = 480
"""What an entry takes on the card, before there are enough to measure it: about 2,200 a megabyte."""
SHORTEST_DAYS, LONGEST_DAYS = 1.0, 7.0
"""A burst of ten minutes says nothing about a day, and a clock that jumped nothing at all."""
MOST_DAYS = 999.0
_DAY_S = 86_400.0


class Sized(Held, Protocol):
    """A journal that knows its size."""

    def size(self) -> tuple[int, int]: ...


def room_days(journal: Sized) -> float:
    """Days, 0 to 999, from the pace of the last entries that are still held."""
    standing = journal.standing()
    used, left = journal.size()
    held = standing.last - standing.pruned_to
    first = max(standing.pruned_to + 1, standing.last - LOOK_BACK + 1)
    count = standing.last - first + 1
    if count < 2:
        return MOST_DAYS
    span_s = (_wall_time(journal, standing.last) - _wall_time(journal, first)) if count else 0.0
    days = min(max(span_s / _DAY_S, SHORTEST_DAYS), LONGEST_DAYS)
    each = max(float(ENTRY_BYTES), used / held if held > LOOK_BACK else 0.0)
    return round(min(MOST_DAYS, left / (each * count / days)), 1)


def _wall_time(journal: Sized, sequence: int) -> float:
    return decode(journal.read(sequence, sequence, 1).entries[0], Entry).wall_time.timestamp()
