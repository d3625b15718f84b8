"""Two things a terminal must remember across restarts beside its settings: its session, and when the hub last spoke."""

from __future__ import annotations

import errno
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tinydb import TinyDB

from edge.clock import Reading, is_plausible
from edge.errors import SettingsError
from edge.storage import AtomicStorage
from wire.journal import Clock as Confidence


class Counters:
    """`counters.json`. Safe to use from every thread; every change is durable when its method returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._given = 0
        self._is_lost = False

    def next_session(self, now: datetime) -> int:
        """A session number above every one given before, on this card or, by the clock, on one it replaces.

        A clock that cannot be right is left out: a number from 2099 would outdo every later card's. A card that
        cannot be written still gives numbers that rise while this process lives.
        """
        with self._lock:
            by_clock = int(now.timestamp()) if is_plausible(now) else 0
            session = max(self._given, int(self._facts().get("session", 0))) + 1
            session = self._given = max(session, by_clock)
            with suppress(OSError):
                self._keep("session", session)
            return session

    def count_start(self, boot_id: str) -> int:
        """How often the agent was started in this boot before; 0 for the first, and for a card that is unwritable."""
        with self._lock:
            noted = self._facts().get("starts")
            before = noted[1] if isinstance(noted, list) and noted[:1] == [boot_id] else 0
            with suppress(OSError):
                self._keep("starts", [boot_id, before + 1])
            return int(before)

    def session(self) -> int | None:
        """The session number that was given last, None before the first of this process."""
        return self._given or None

    def note_confirmed(self, reading: Reading, said_at: datetime) -> None:
        """The hub confirmed the roll copy at `reading`, by a message that it wrote at `said_at`."""
        with self._lock:
            noted = [
                reading.boot_id,
                reading.boot_time_ms,
                reading.wall_time.isoformat(),
                said_at.isoformat(),
            ]
            self._keep("confirmed", noted)

    def roll_said_at(self) -> datetime | None:
        """When the hub wrote what last confirmed the roll copy, as far as it was noted."""
        with self._lock:
            noted = self._facts().get("confirmed")
        return None if noted is None or len(noted) < 4 else datetime.fromisoformat(noted[3])

    def confirmed(self) -> Reading | None:
        """When the hub last confirmed the roll copy, as far as it was noted."""
        with self._lock:
            noted = self._facts().get("confirmed")
        if noted is None:
            return None
        return Reading(noted[0], noted[1], datetime.fromisoformat(noted[2]), Confidence.UNSURE)

    def note_rules_confirmed(self, reading: Reading, said_at: datetime) -> None:
        """The hub confirmed the configuration at `reading`, by a message that it wrote at `said_at`."""
        with self._lock:
            noted = [
                reading.boot_id,
                reading.boot_time_ms,
                reading.wall_time.isoformat(),
                said_at.isoformat(),
            ]
            self._keep("rules", noted)

    def rules_confirmed(self) -> tuple[Reading, datetime] | None:
        """When the hub last confirmed the configuration, as far as it was noted, and when it said so."""
        with self._lock:
            noted = self._facts().get("rules")
        if noted is None:
            return None
        reading = Reading(noted[0], noted[1], datetime.fromisoformat(noted[2]), Confidence.UNSURE)
        return reading, datetime.fromisoformat(noted[3])

    def check(self) -> bool:
        """Whether the file is whole; one that is not is put away beside it, and counting begins anew.

        On a card that gives nothing, or that takes nothing either, this process counts in memory alone.
        """
        try:
            self.confirmed()
            self.roll_said_at()
            self.rules_confirmed()
            int(self._facts().get("session", 0))
            int((self._facts().get("starts") or ["", 0])[1])
        except OSError:
            self._is_lost = True
            return False
        except (SettingsError, ValueError, TypeError, IndexError, AttributeError, KeyError):
            try:
                self._path.replace(self._path.with_suffix(".damaged"))
            except OSError:
                self._is_lost = True
            return False
        return True

    def _facts(self) -> dict[str, Any]:
        if self._is_lost:
            return {}
        with TinyDB(self._path, storage=AtomicStorage) as database:
            return {name: value for document in database.table("facts") for name, value in document.items()}

    def _keep(self, name: str, value: Any) -> None:
        if self._is_lost:
            raise OSError(errno.EIO, "The counters cannot be read or put away.")
        with TinyDB(self._path, storage=AtomicStorage) as database:
            table = database.table("facts")
            facts = {**(dict(table.all()[0]) if len(table) else {}), name: value}
            if len(table):
                table.update(facts)
            else:
                table.insert(facts)
