"""Whom this gate let into its far zone, and since when an officer asks for people there to be known anew."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from edge.clock import Reading
from wire.happenings import AreaResetDone, Attestation, Decision, EntryReference, Happening, Passage

KEPT: Final = timedelta(hours=24)
MOST: Final = 20_000


class Entered:
    """Filled from the journal: `note` hears every entry, those of before a start too. Safe from every thread."""

    def __init__(self, to_zone: str) -> None:
        self._to_zone = to_zone
        self._at: dict[str, datetime] = {}
        self._reset_at: datetime | None = None
        self._lock = threading.Lock()

    def note(self, _reference: EntryReference, reading: Reading, happening: Happening) -> None:
        """An admission counts from the moment of its entry, by this machine's wall clock."""
        if isinstance(happening, AreaResetDone) and happening.zone == self._to_zone:
            with self._lock:
                self._reset_at = reading.wall_time
                self._at = {}
        elif (
            isinstance(happening, Passage | Attestation)
            and happening.person is not None
            and happening.decision is Decision.ADMIT
            and happening.to_zone == self._to_zone
        ):
            self._let_in(happening.person, reading.wall_time)

    def people(self) -> Mapping[str, datetime]:
        """By person number, of the last day."""
        with self._lock:
            return dict(self._at)

    def reset_at(self) -> datetime | None:
        """When an officer here last said that who is there is not known."""
        with self._lock:
            return self._reset_at

    def _let_in(self, person: str, at: datetime) -> None:
        with self._lock:
            self._at.pop(person, None)
            self._at[person] = at
            while len(self._at) > MOST or at - next(iter(self._at.values())) > KEPT:
                del self._at[next(iter(self._at))]
