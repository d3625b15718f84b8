"""Two things a terminal must remember across restarts beside its settings: its session, and when the hub last spoke."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from tinydb import TinyDB

from edge.clock import Reading
from edge.errors import SettingsError
from edge.storage import AtomicStorage
from wire.journal import Clock as Confidence


class Counters:
    """`counters.json`. Safe to use from every thread; every change is durable when its method returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def next_session(self, now: datetime) -> int:
        """A session number above every one given before, on this card or, by the clock, on one it replaces."""
        with self._lock:
            session = max(int(self._facts().get("session", 0)) + 1, int(now.timestamp()))
            self._keep("session", session)
            return session

    def note_confirmed(self, reading: Reading) -> None:
        """The hub confirmed the roll copy at `reading`."""
        with self._lock:
            self._keep("confirmed", [reading.boot_id, reading.boot_time_ms, reading.wall_time.isoformat()])

    def confirmed(self) -> Reading | None:
        """When the hub last confirmed the roll copy, as far as it was noted."""
        with self._lock:
            noted = self._facts().get("confirmed")
        if noted is None:
            return None
        return Reading(noted[0], noted[1], datetime.fromisoformat(noted[2]), Confidence.UNSURE)

    def check(self) -> bool:
        """Whether the file is whole; one that is not is put away beside it, and counting begins anew."""
        try:
            self.confirmed()
            int(self._facts().get("session", 0))
        except (SettingsError, ValueError, TypeError, IndexError, AttributeError, KeyError):
            self._path.replace(self._path.with_suffix(".damaged"))
            return False
        return True

    def _facts(self) -> dict[str, Any]:
        with TinyDB(self._path, storage=AtomicStorage) as database:
            return {name: value for document in database.table("facts") for name, value in document.items()}

    def _keep(self, name: str, value: Any) -> None:
        with TinyDB(self._path, storage=AtomicStorage) as database:
            table = database.table("facts")
            facts = {**(dict(table.all()[0]) if len(table) else {}), name: value}
            if len(table):
                table.update(facts)
            else:
                table.insert(facts)
