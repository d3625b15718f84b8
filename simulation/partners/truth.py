"""What a partner knows to have happened, a line of JSON each: numbers and kinds, never a name."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any


class Truth:
    """Appended to by several threads; each line is on its way to the disk when `note` returns.

    What a process wrote that was killed stays; a line that it did not get to the end of is taken away.
    """

    def __init__(self, path: Path) -> None:
        self._once = _read(path)
        self._lines = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, what: str, **more: Any) -> None:
        """One thing that happened."""
        with self._lock:
            self._write(what, more)

    def once(self, what: str, key: str, **more: Any) -> None:
        """The same, unless it stands there already under this key: a process may come to it again after its end."""
        with self._lock:
            if (what, key) not in self._once:
                self._once.add((what, key))
                self._write(what, {"once": key, **more})

    def _write(self, what: str, more: dict[str, Any]) -> None:
        self._lines.write(json.dumps({"at": round(time.time(), 3), "what": what, **more}) + "\n")
        self._lines.flush()


def _read(path: Path) -> set[tuple[str, str]]:
    raw = path.read_bytes() if path.exists() else b""
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        with path.open("r+b") as file:
            file.truncate(len(whole))
    lines = (json.loads(line) for line in whole.splitlines())
    return {(one["what"], one["once"]) for one in lines if "once" in one}
