"""An officer takes people through: the officer's finger or PIN first, then each person, counted in and counted through.

Who is to be taken is what the plan says at that moment. The escort ends when everybody of the group is through, when
the officer says so, or when no finger came for long; who was not counted through is said by number in the journal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from edge.clock import Reading
from edge.plan.held import is_way_back
from edge.plan.planned import Planned
from edge.plan.rules import ESCORTED
from edge.ports import Clock, Recorder
from wire.happenings import (
    Decision,
    EntryReference,
    EscortBegun,
    EscortEnded,
    Happening,
    Passage,
)
from wire.plan import EscortNeed, GatePass
from wire.provisioning import CheckpointSettings

SINGLE = 0
"""The group of people who are taken one by one."""


@dataclass(frozen=True)
class Open:
    """An escort that is under way. `group` is None while nobody who passed has told which of several it is."""

    officer: str
    expected: Mapping[str, int]
    group: int | None
    passed: tuple[str, ...]
    last: Reading

    @property
    def taken(self) -> frozenset[str]:
        """Who may go through now."""
        return frozenset(
            who
            for who, group in self.expected.items()
            if who not in self.passed and self.group in (None, group)
        )

    @property
    def progress(self) -> tuple[int, int]:
        """How many are through, of how many."""
        return len(self.passed), len(self.passed) + len(self.taken)

    @property
    def missing(self) -> list[str]:
        """Who of the group is not through; of people taken one by one nobody is missed here."""
        return [] if self.group in (None, SINGLE) else sorted(self.taken)


class Touch(StrEnum):
    """What an officer's finger did."""

    BEGAN = "began"
    ENDED = "ended"
    NOBODY = "nobody"


class Escorts:
    """One at a time at one gate. `planned` gives what is known of moves now. Safe to use from every thread."""

    def __init__(
        self,
        place: CheckpointSettings,
        planned: Callable[[], Planned | None],
        clock: Clock,
        *,
        longest_s: float,
    ) -> None:
        self._place = place
        self._planned = planned
        self._clock = clock
        self._longest_s = longest_s
        self._recorder: Recorder | None = None
        self._open: Open | None = None
        self._lock = threading.RLock()

    def connect(self, recorder: Recorder) -> None:
        """From now on what happens is journalled."""
        self._recorder = recorder

    def taken(self) -> frozenset[str]:
        """Whom an officer takes through now."""
        found = self._open
        return frozenset() if found is None or self._is_over(found) else found.taken

    def open(self) -> Open | None:
        """The escort under way."""
        return self._open

    def due(self) -> dict[int, list[str]]:
        """Who is to be taken through here now, by group; those taken one by one are in group SINGLE."""
        planned = self._planned()
        found: dict[int, list[str]] = {}
        for who, passes in planned.plan.passes.items() if planned is not None else ():
            due = next((one for one in passes if self._is_due(one, planned)), None)
            if due is not None:
                found.setdefault(due.group, []).append(who)
        return {group: sorted(people) for group, people in sorted(found.items())}

    def _is_due(self, one: GatePass, planned: Planned | None) -> bool:
        """Whether the pass asks for an escort through here now, and its person did not go through here by it yet."""
        if planned is None or one.escort is EscortNeed.NONE or one.from_at > planned.at:
            return False
        through = planned.where.entered.get(one.person)
        if through is not None and through >= one.from_at:
            return False
        back = is_way_back(one, planned.from_zone, self._place.to_zone)
        return back or planned.at <= max(one.until_at, one.late_until_at)

    def touch(self, officer: str) -> tuple[Touch, Open | None]:
        """An officer gave a finger: an escort under way ends, else one begins; with the escort, as it stood.

        JournalWriteError when that cannot be kept.
        """
        with self._lock:
            before = self._open
            if before is not None:
                self._end()
                return Touch.ENDED, before
            return (Touch.BEGAN, self._open) if self.begin(officer) else (Touch.NOBODY, None)

    def begin(self, officer: str, group: int | None = None) -> bool:
        """Begins an escort of one group, or of whichever comes; False when nobody is to be taken through."""
        with self._lock:
            if self._open is not None:
                self._end()
            due = self.due()
            chosen = due if group is None else {key: who for key, who in due.items() if key == group}
            expected = {who: key for key, people in chosen.items() for who in people}
            if not expected:
                return False
            which = next(iter(chosen)) if len(chosen) == 1 else None
            self._record(
                EscortBegun(
                    checkpoint=self._place.checkpoint,
                    officer=officer,
                    group=which or SINGLE,
                    expected=sorted(expected)[:500],
                )
            )
            self._open = Open(officer, expected, which, (), self._clock.read())
            return True

    def end(self) -> Open | None:
        """Ends it; what it was."""
        with self._lock:
            found = self._open
            if found is not None:
                self._end()
            return found

    def note(self, _reference: EntryReference, reading: Reading, happening: Happening) -> None:
        """An entry was journalled: somebody of the escort went through."""
        if not isinstance(happening, Passage) or happening.rule != ESCORTED:
            return
        with self._lock:
            found = self._open
            if found is None or happening.decision is not Decision.ADMIT or happening.person is None:
                return
            self._open = _through(found, happening.person, reading)

    def look(self) -> None:
        """Called at each turn of the glass: ends what is complete or was left alone. JournalWriteError as `touch`."""
        with self._lock:
            found = self._open
            if found is not None and (not found.taken or self._is_over(found)):
                self._end()

    def remember(self, told: Iterable[tuple[EntryReference, Reading, Happening]]) -> None:
        """Takes up again, from the journal's tail, an escort that a restart cut."""
        with self._lock:
            for reference, reading, happening in told:
                if isinstance(happening, EscortBegun):
                    groups = dict.fromkeys(happening.expected, happening.group)
                    self._open = Open(happening.officer, groups, happening.group, (), reading)
                elif isinstance(happening, EscortEnded):
                    self._open = None
                else:
                    self.note(reference, reading, happening)

    def _end(self) -> None:
        found = self._open
        if found is None:
            return
        self._record(
            EscortEnded(
                checkpoint=self._place.checkpoint,
                officer=found.officer,
                group=found.group or SINGLE,
                passed=list(found.passed)[:500],
                missing=found.missing[:500],
            )
        )
        self._open = None

    def _is_over(self, found: Open) -> bool:
        return self._clock.read().seconds_since(found.last) > self._longest_s

    def _record(self, happening: Happening) -> None:
        if self._recorder is not None:
            self._recorder.record(happening)


def _through(found: Open, person: str, reading: Reading) -> Open:
    group = found.group if found.group is not None else found.expected.get(person)
    passed = found.passed if person in found.passed else (*found.passed, person)
    return Open(found.officer, found.expected, group, passed, reading)
