"""A count by finger: the glass belongs to the count until it is given back; each finger says that somebody was seen.

A finger here opens nothing. Whoever is not known is counted by name, or as somebody whom nobody knows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from edge.decision import InForce
from edge.errors import DeskRefusedError
from edge.ports import Capture, Finding, Light, RollFacts
from edge.unit.count_forms import ScanState
from edge.unit.picture import Known
from wire.happenings import CountMethod, Outcome

IDLE_S: Final = 180.0
"""After this long without a finger the gate has its glass back: a count that nobody goes on with must not hold it."""


class Identifying(Protocol):
    """`edge.ports.Identifier`, as far as it is needed."""

    def identify(
        self, capture: Capture, first: Finding | None = None, touches: int = 1
    ) -> tuple[Finding, RollFacts]: ...


Note = Callable[[str, int, str | None, str, CountMethod], bool]
"""(unit, session, person, officer, method) -> whether that was news; EdgeError when it cannot be recorded."""


@dataclass
class _Scan:
    unit: str
    session: int
    officer: str
    active_at: float
    said: str = ""
    person: str = ""
    serial: int = 0


class CountStation:
    """`edge.ports.Station`. `now` is monotonic, in seconds."""

    def __init__(
        self,
        identifier: Identifying,
        known: Callable[[], Known],
        in_force: Callable[[], InForce],
        now: Callable[[], float],
    ) -> None:
        self._identifier = identifier
        self._known = known
        self._in_force = in_force
        self._now = now
        self._note: Note | None = None
        self._lock = threading.Lock()
        self._scan: _Scan | None = None

    def connect(self, note: Note) -> None:
        """Whom each finger is told to."""
        self._note = note

    def begin(self, unit: str, session: int, officer: str) -> None:
        """The glass is the count's; DeskRefusedError `scanning` while it is another count's."""
        with self._lock:
            held = self._alive()
            if held is not None and (held.unit, held.session) != (unit, session):
                raise DeskRefusedError("scanning", "Another count has the glass. End that one first.")
            self._scan = _Scan(unit, session, officer, self._now())

    def end(self) -> None:
        with self._lock:
            self._scan = None

    def is_on(self, unit: str, session: int) -> bool:
        with self._lock:
            held = self._alive()
            return held is not None and (held.unit, held.session) == (unit, session)

    def state(self, unit: str, session: int, tally: int) -> ScanState:
        """For the page, which asks by itself."""
        with self._lock:
            held = self._alive()
            if held is None or (held.unit, held.session) != (unit, session):
                return ScanState(on=False, tally=tally)
            said, person, serial = held.said, held.person, held.serial
        known = self._known()
        return ScanState(
            on=True,
            tally=tally,
            said=said,
            person=person,
            name=known.name_of(person) if person else "",
            photo=known.photo_of(person) if person else b"",
            serial=serial,
        )

    def wants_finger(self) -> bool:
        """In an evacuation the glass is the gate's, whoever counts."""
        with self._lock:
            return self._alive() is not None and not self._in_force().evacuate

    def finger(self, capture: Capture, seen_at: float) -> Light:
        with self._lock:
            held = self._alive()
        if held is None or self._note is None:
            return Light.READY
        found, _facts = self._identifier.identify(capture)
        if found.outcome is not Outcome.MATCH or found.person is None:
            poor = found.outcome is Outcome.POOR_QUALITY
            return self._say(held, "poor" if poor else "unknown", "", Light.AGAIN)
        try:
            news = self._note(held.unit, held.session, found.person, held.officer, CountMethod.BY_SCAN)
        except DeskRefusedError:
            self.end()  # the count was cleared or given up: the gate has its glass back
            return Light.REFER
        return self._say(held, "counted" if news else "again", found.person, Light.ADMIT)

    def interrupted(self, seen_at: float) -> Light:
        with self._lock:
            held = self._alive()
        return Light.READY if held is None else self._say(held, "poor", "", Light.AGAIN)

    def lifted(self) -> None:
        """The next finger may come at once."""

    def _say(self, held: _Scan, said: str, person: str, light: Light) -> Light:
        with self._lock:
            held.said, held.person, held.active_at = said, person, self._now()
            held.serial += 1
        return light

    def _alive(self) -> _Scan | None:
        """Within the lock: one that nobody goes on with is over."""
        if self._scan is not None and self._now() - self._scan.active_at > IDLE_S:
            self._scan = None
        return self._scan
