"""What a partner knows to have happened, a line of JSON each: numbers and kinds, never a name."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any


class Truth:
    """Appended to by several threads; each line is on its way to the disk when `note` returns."""

    def __init__(self, path: Path) -> None:
        self._lines = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, what: str, **more: Any) -> None:
        """One thing that happened."""
        line = json.dumps({"at": round(time.time(), 3), "what": what, **more})
        with self._lock:
            self._lines.write(line + "\n")
            self._lines.flush()
