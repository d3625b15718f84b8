"""What the agency's own people hand in while its program runs: a paper to send, or the list for the weekly census.

Each is a file in `F/papers`, which is done once: `{"path": "/v1/orders", "about": "P-000001", "message": {...}}`, or
`{"census": {"without": ["P-000001"], "besides": [{...}], "with": {"P-000002": {...}}}}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from simulation.partners.calling import Answer, RefusedError
from simulation.partners.memory import Memory
from simulation.partners.register import PERSON, STAY, Register

PAPERS: Final = "papers"
_LISTED: Final = (
    "nc:PersonSurName",
    "nc:PersonGivenName",
    PERSON,
    STAY,
    "nc:PersonBirthDate",
    "j:PersonSexCode",
)


class Sender(Protocol):
    """Whoever sends what lies there."""

    note: Callable[..., None]
    memory: Memory
    register: Register
    folder: Path

    def envelope(self, **more: Any) -> dict[str, Any]:
        """What every message begins with."""

    def completed(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message as this kind of agency has it."""

    def send(self, path: str, message: Mapping[str, Any], *, bad: str = "", paper: str = "") -> Answer:
        """Send it, the same again after a fault."""


class Desk:
    """Works off what lies there, oldest name first."""

    def __init__(self, work: Sender) -> None:
        self._work, self._folder = work, work.folder / PAPERS

    def look(self) -> None:
        for path in sorted(self._folder.glob("*.json")):
            if not self._work.memory.is_done(f"paper {path.name}"):
                self._try(path.stem, json.loads(path.read_text(encoding="utf-8")))
                self._work.memory.mark_done(f"paper {path.name}")

    def _try(self, name: str, told: Mapping[str, Any]) -> None:
        """What the prison does not take is handed back; what could not be asked now is asked again."""
        try:
            self._do(name, told)
        except (RefusedError, LookupError) as error:
            self._work.note("handed_back", paper=name, why=str(error)[:300])

    def _do(self, name: str, told: Mapping[str, Any]) -> None:
        if "census" in told:
            self._census(name, told["census"])
            return
        work = self._work
        message = work.envelope(**told["message"])
        if told.get("about"):
            message["j:Subject"] = work.register.named(work.register.of_number(told["about"]))
        work.send(told["path"], work.completed(message), paper=name)

    def _census(self, name: str, told: Mapping[str, Any]) -> None:
        """Our list: whom we hold to be in custody, with what our own people have on it and the prison does not."""
        other = told.get("with", {})
        lines = [
            {field: row[field] for field in _LISTED if row.get(field)} | other.get(row[PERSON], {})
            for row in self._work.register.rows()
            if row[PERSON] not in told.get("without", ())
        ]
        listed_on: date = datetime.now(UTC).date() - timedelta(days=told.get("days_ago", 0))
        message = self._work.envelope(**{
            "pims:ListedOn": listed_on.isoformat(),
            "pims:ListedPerson": [*lines, *told.get("besides", ())],
        })  # fmt: skip
        self._work.send("/v1/lists/census", message, paper=name)
