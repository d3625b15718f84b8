"""What this terminal itself journalled of its unit: put over the hub's picture until the hub's own knows of it.

Filled again from the journal's tail at a start. Safe to use from every thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from edge.clock import Reading
from wire.happenings import (
    AlarmTaken,
    Attestation,
    Call,
    CountMark,
    Decision,
    EntryReference,
    Happening,
    OutCount,
    OutCountStep,
    Passage,
    ShiftTaken,
    Slip,
)

MOST_KEPT = 2_000
"""Doings of one kind: more than a terminal sees between two pictures, and a bound for one that is alone for weeks."""

AT_HUB_S = 5.0
"""A picture that comes so long after an entry was made, and after it was committed, was made with it."""

H = TypeVar("H", bound=Happening)
K = TypeVar("K")
V = TypeVar("V")

Told = tuple[EntryReference, Reading, Happening]


@dataclass(frozen=True)
class OwnPlace:
    """Somebody went through this gate into `zone`."""

    zone: str
    source: str
    at: Reading
    sequence: int


@dataclass(frozen=True)
class Kept(Generic[H]):
    """Something that was said here, with its place in the journal."""

    said: H
    at: Reading
    sequence: int


@dataclass
class CountDoings:
    """Of one count of one unit: slips in their order, and who is marked in each recount."""

    slips: list[Kept[Slip]] = field(default_factory=list)
    marks: dict[int, dict[str, Kept[CountMark]]] = field(default_factory=dict)
    unknown: dict[int, int] = field(default_factory=dict)


class Doings:
    """Everything by what it is about."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, OwnPlace] = {}
        self._counts: dict[tuple[str, int], CountDoings] = {}
        self._outs: dict[tuple[int, str], Kept[OutCount]] = {}
        self._declared: dict[tuple[int, str], Kept[OutCount]] = {}
        self._alarms: dict[int, Kept[AlarmTaken]] = {}
        self._shifts: dict[str, Kept[ShiftTaken]] = {}
        self._calls: list[Kept[Call]] = []

    def note(self, reference: EntryReference, reading: Reading, happening: Happening) -> None:
        """An entry was journalled."""
        with self._lock:
            self._note(reference.sequence, reading, happening)

    def remember(self, told: Iterable[Told]) -> None:
        """What the journal's tail says, oldest first."""
        for reference, reading, happening in told:
            self.note(reference, reading, happening)

    def _note(self, sequence: int, at: Reading, said: Happening) -> None:
        if isinstance(said, Passage | Attestation):
            if said.decision is Decision.ADMIT and said.person is not None:
                source = "SCAN" if isinstance(said, Passage) else "ATTESTED"
                _put(self._places, said.person, OwnPlace(said.to_zone, source, at, sequence))
        elif isinstance(said, Slip):
            self._count(said.unit, said.session).slips.append(Kept(said, at, sequence))
        elif isinstance(said, CountMark):
            self._mark(Kept(said, at, sequence))
        elif isinstance(said, OutCount):
            _put(self._outs, (said.session, said.person), Kept(said, at, sequence))
            if said.step is OutCountStep.DECLARED:
                _put(self._declared, (said.session, said.person), Kept(said, at, sequence))
        elif isinstance(said, AlarmTaken):
            _put(self._alarms, said.alarm, Kept(said, at, sequence))
        elif isinstance(said, ShiftTaken):
            _put(self._shifts, said.unit, Kept(said, at, sequence))
        elif isinstance(said, Call):
            self._calls = [*self._calls[-19:], Kept(said, at, sequence)]

    def _count(self, unit: str, session: int) -> CountDoings:
        found = self._counts.get((unit, session))
        if found is None:
            found = CountDoings()
            _put(self._counts, (unit, session), found)
        return found

    def _mark(self, kept: Kept[CountMark]) -> None:
        said = kept.said
        count = self._count(said.unit, said.session)
        if said.person is None:
            step = -1 if said.taken_back else 1
            count.unknown[said.recount] = max(0, count.unknown.get(said.recount, 0) + step)
            return
        marks = count.marks.setdefault(said.recount, {})
        if said.taken_back:
            marks.pop(said.person, None)
        else:
            marks.setdefault(said.person, kept)

    def begin_count(self, unit: str, session: int) -> None:
        """A count that only this terminal knows of begins anew: an earlier one of the same number is over."""
        with self._lock:
            self._counts.pop((unit, session), None)

    def settle(self, committed: int, now: Reading, proven: dict[str, float]) -> None:
        """A picture came: own places that it was made with give way. `proven` is how many seconds ago the picture's
        proof of a person was, for those who are in it."""
        with self._lock:
            for person, own in list(self._places.items()):
                ago = now.seconds_since(own.at)
                newer = person in proven and proven[person] <= ago + 1.0
                if newer or (own.sequence <= committed and ago > AT_HUB_S):
                    del self._places[person]

    def places(self) -> dict[str, OwnPlace]:
        """Where the last passage here put each person."""
        with self._lock:
            return dict(self._places)

    def slips(self, unit: str, session: int) -> list[Kept[Slip]]:
        with self._lock:
            return list(self._counts[unit, session].slips) if (unit, session) in self._counts else []

    def marked(self, unit: str, session: int, recount: int) -> dict[str, Kept[CountMark]]:
        """Who is marked, by number."""
        with self._lock:
            count = self._counts.get((unit, session))
            return {} if count is None else dict(count.marks.get(recount, {}))

    def unknown(self, unit: str, session: int, recount: int) -> int:
        """How many whom nobody knows were seen."""
        with self._lock:
            count = self._counts.get((unit, session))
            return 0 if count is None else count.unknown.get(recount, 0)

    def tally(self, unit: str, session: int, recount: int) -> int:
        """How many were seen alive by name or finger."""
        return len(self.marked(unit, session, recount)) + self.unknown(unit, session, recount)

    def outs(self) -> dict[tuple[int, str], Kept[OutCount]]:
        """The last step of each, by session and person."""
        with self._lock:
            return dict(self._outs)

    def declared(self) -> dict[tuple[int, str], Kept[OutCount]]:
        """The last declaration of each."""
        with self._lock:
            return dict(self._declared)

    def alarms(self) -> dict[int, Kept[AlarmTaken]]:
        with self._lock:
            return dict(self._alarms)

    def shift(self, unit: str) -> Kept[ShiftTaken] | None:
        with self._lock:
            return self._shifts.get(unit)

    def last_call(self) -> Kept[Call] | None:
        with self._lock:
            return self._calls[-1] if self._calls else None


def _put(kept: dict[K, V], key: K, value: V) -> None:
    """The newest last; the oldest go."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
