"""What was refused from the other side, counted by reason: a refusal is neither silent nor a flood of lines."""

from __future__ import annotations

import threading
from collections import Counter

from edge.log import Log


class Refusals:
    """Counts from every thread; the log gets the 1st, 10th, 100th and so on of each reason."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, reason: str) -> None:
        with self._lock:
            self._counts[reason] += 1
            so_far = self._counts[reason]
        if str(so_far).strip("0") == "1":
            self._log.warning("refused", reason=str(reason), count=so_far)

    def total(self) -> int:
        """All refusals since the start."""
        with self._lock:
            return self._counts.total()
