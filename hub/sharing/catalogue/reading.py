"""What a field is read from: the facts of one person and one stay, loaded beforehand, and what the door brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.reading import Held, holding
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Stay:
    """A stay as its row has it."""

    id: int
    number: str
    admitted_at: datetime
    released_at: datetime | None


@dataclass(frozen=True)
class Reading:
    """One person as of `at`: `rows` hold the facts of the kinds that the agreed fields need, and of no others.

    `fact` is the row that an event tells about, None where there is none; `given` has what custody's facts cannot
    know, by field name; `facility` is the name of the prison.
    """

    session: Session
    at: datetime
    number: str = ""
    person_id: int = 0
    stay: Stay | None = None
    fact: int | None = None
    rows: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    facility: str = ""
    release_on: Callable[[int], date | None] = lambda _stay: None
    """The release date of a stay that may be told outside: signed by two, and still what the facts say."""
    _known: dict[str, list[Any]] = field(default_factory=dict, init=False, repr=False)

    @property
    def today(self) -> date:
        """The day of `at` at the site."""
        return self.at.astimezone(SITE_ZONE).date()

    def held(self, kind: Kind[V]) -> list[Held[V]]:
        """What holds of a kind at that time, as known now."""
        found = self._known.get(kind.name)
        if found is None:  # several fields are of one fact
            found = holding(kind, self.rows.get(kind.name, ()), effective_at=self.at)
            self._known[kind.name] = found
        return found

    def one(self, kind: Kind[V]) -> V | None:
        """The value of a kind that holds once, the newest of one that holds many times; None without any."""
        found = self.held(kind)
        return found[-1].value if found else None

    def told_of(self, kind: Kind[V]) -> V | None:
        """The value of the item that the event is about; else the newest."""
        found = self.held(kind)
        item = next((r.item or r.id for r in self.rows.get(kind.name, ()) if r.id == self.fact), None)
        same = [one for one in found if one.item == item]
        return same[-1].value if same else (found[-1].value if found else None)
