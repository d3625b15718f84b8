"""What only the running agent knows, left on disk in a few words for `pims-edge status` and the support bundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from edge.storage import write_durably

EVERY_S = 60.0
"""Written at most this often, and only when a word changed: the card lasts."""


class ConditionFile:
    """`condition.json`. One thread calls `look`, with monotonic seconds."""

    def __init__(self, path: Path, words: Callable[[], Mapping[str, object]]) -> None:
        self._path = path
        self._words = words
        self._written: Mapping[str, object] | None = None
        self._not_before = 0.0

    def look(self, now: float) -> None:
        """Writes when something changed. A card that takes nothing is no trouble here."""
        if now < self._not_before or (words := self._words()) == self._written:
            return
        self._not_before = now + EVERY_S
        with suppress(OSError):
            write_durably(self._path, json.dumps(words).encode())
            self._written = words


def read_condition(path: Path) -> Mapping[str, object]:
    """The words that were left last, empty when there are none that can be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
