"""What a field is read from: the facts of one person and one stay, loaded beforehand, and what the door brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind, Per, V, read_value
from hub.custody.facts.reading import Held, holding, item_of, standing
from hub.custody.facts.records import Act
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
    earlier_numbers: Callable[[], Sequence[str]] = tuple
    """Numbers of the person that this one leads since files were joined."""
    earlier_stays: Callable[[], Sequence[str]] = tuple
    """Numbers of this stay that it had as well, recorded twice."""
    _known: dict[str, list[Any]] = field(default_factory=dict, init=False, repr=False)

    @property
    def today(self) -> date:
        """The day of `at` at the site."""
        return self.at.astimezone(SITE_ZONE).date()

    def held(self, kind: Kind[V]) -> list[Held[V]]:
        """What holds of a kind at that time, as known now.

        Of a kind that holds once, two joined files may each say something: what stands on the file, or in the stay,
        that leads comes last, and that one counts.
        """
        found = self._known.get(kind.name)
        if found is None:  # several fields are of one fact
            found = self._holding(kind, self.rows.get(kind.name, ()))
            if len(found) > 1 and not kind.many:
                found.sort(key=lambda held: self._leads(kind, held))
            self._known[kind.name] = found
        return found

    def said(self, kind: Kind[V]) -> list[V]:
        """Values of a kind that holds many times: what both of two joined files, or stays, say is said once."""
        found: dict[tuple[int, int | None], list[V]] = {}
        for held in self.held(kind):
            found.setdefault((held.row.person_id, held.row.booking_id), []).append(held.value)
        said: list[V] = []
        for values in found.values():  # one file may say the same of two things, as of two counts of a charge
            said += [value for value in values if value not in said] if said else values
        return said

    def one(self, kind: Kind[V]) -> V | None:
        """The value of a kind that holds once, the newest of one that holds many times; None without any."""
        found = self.held(kind)
        return found[-1].value if found else None

    def told_of(self, kind: Kind[V]) -> V | None:
        """The value of the item that the event is about; else the newest."""
        row = self.told_row(kind)
        return None if row is None else read_value(kind, row.value)

    def told_row(self, kind: Kind[V]) -> Any | None:
        """The statement of the item that the event is about: also of one that is over by the time it is asked for, and
        None of one that was withdrawn. Without an event of this kind, the newest that holds."""
        rows = self.rows.get(kind.name, ())
        about = next((row for row in rows if row.id == self.fact), None)
        if about is None:
            found = self.held(kind)
            return found[-1].row if found else None
        said = [
            row
            for row in standing(rows)
            if item_of(row) == item_of(about) and row.act == Act.STATES and row.effective_at <= self.at
        ]
        return max(said, key=lambda row: (row.effective_at, row.id), default=None)

    def _holding(self, kind: Kind[V], rows: Sequence[Any]) -> list[Held[V]]:
        if len(rows) == 1 and rows[0].act == Act.STATES and rows[0].effective_at <= self.at:
            # As nearly everywhere: said once. A list of people asks this some hundred times.
            return [Held(item_of(rows[0]), read_value(kind, rows[0].value), rows[0])]
        return holding(kind, rows, effective_at=self.at) if rows else []

    def _leads(self, kind: Kind[V], held: Held[V]) -> bool:
        if kind.per is Per.PERSON:
            return held.row.person_id == self.person_id
        return self.stay is not None and held.row.booking_id == self.stay.id
