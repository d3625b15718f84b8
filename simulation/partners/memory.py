"""What a partner must not forget: what it was told, what it is about to send, whom it knows. It lies on the disk.

A row is there or is not, whatever happens to process and machine meanwhile. An event is acknowledged once its row is
there; a message goes out once its row is there, with the key under which it goes again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = "memory.sqlite3"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, event TEXT NOT NULL, worked INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS outgoing (step TEXT PRIMARY KEY, key TEXT NOT NULL, message TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS people (stay TEXT PRIMARY KEY, record TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS done (what TEXT PRIMARY KEY)",
)


@dataclass(frozen=True)
class Outgoing:
    """A message as it goes out every time, under this idempotency key."""

    key: str
    message: Mapping[str, Any]


class Memory:
    """One file in the partner's folder. Threads may share it: they take turns."""

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = FULL")
        for table in _TABLES:
            self._file.execute(table)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def heard(self, event: Mapping[str, Any]) -> bool:
        """Keep an event until it is worked; False for one that came before, today or a year ago."""
        row = (event["id"], json.dumps(event))
        return self._do("INSERT INTO events VALUES (?, ?, 0) ON CONFLICT DO NOTHING", row) == 1

    def events(self) -> list[dict[str, Any]]:
        """Every event that was kept, in the order in which they came."""
        return [json.loads(row[0]) for row in self._ask("SELECT event FROM events ORDER BY rowid")]

    def next_event(self) -> dict[str, Any] | None:
        """The oldest that is not worked yet."""
        rows = self._ask("SELECT event FROM events WHERE worked = 0 ORDER BY rowid LIMIT 1")
        return json.loads(rows[0][0]) if rows else None

    def worked(self, event_id: str) -> None:
        """This one needs nothing more."""
        self._do("UPDATE events SET worked = 1 WHERE id = ?", (event_id,))

    def about_to_send(self, step: str, key: str, message: Mapping[str, Any]) -> Outgoing:
        """What goes out at this step: what was kept for it when it was first gone through, else this."""
        self._do(
            "INSERT INTO outgoing VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (step, key, json.dumps(message))
        )
        [row] = self._ask("SELECT key, message FROM outgoing WHERE step = ?", (step,))
        return Outgoing(row[0], json.loads(row[1]))

    def keep_person(self, stay: str, record: Mapping[str, Any]) -> None:
        """What we know of somebody, in place of what we knew before."""
        self._do("INSERT OR REPLACE INTO people VALUES (?, ?)", (stay, json.dumps(record)))

    def people(self) -> dict[str, dict[str, Any]]:
        """Whoever we know of, by the number of their stay."""
        return {
            row[0]: json.loads(row[1]) for row in self._ask("SELECT stay, record FROM people ORDER BY stay")
        }

    def is_done(self, what: str) -> bool:
        """Whether `mark_done` was said of it, by this process or one before it."""
        return bool(self._ask("SELECT 1 FROM done WHERE what = ?", (what,)))

    def mark_done(self, what: str) -> None:
        self._do("INSERT INTO done VALUES (?) ON CONFLICT DO NOTHING", (what,))

    def _do(self, words: str, values: Sequence[Any] = ()) -> int:
        with self._lock:
            return self._file.execute(words, values).rowcount

    def _ask(self, words: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            return self._file.execute(words, values).fetchall()
