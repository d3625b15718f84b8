"""Writing people, stays and facts by the thousand: the same rows as one by one, with their projections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from hub.custody.actions import next_number
from hub.custody.facts.kinds import Form, Kind, V, write_value
from hub.custody.facts.records import Act, Fact
from hub.custody.identity import Identity
from hub.custody.life.records import FactLink
from hub.custody.records import Booking, Counter, Person, PersonChange
from hub.custody.search.projection import add as make_searchable
from hub.custody.search.projection import in_parts
from hub.database import Base, Series, in_commit_order
from hub.movements.records import Zone, ZonePermission
from hub.rows import insert_rows

_BLOCK: Final = 1_000
"""Numbers of rows that are reserved at once."""
_WIDTH: Final = 6
_SEARCHED_AT_ONCE: Final = 2_000


@dataclass
class _Numbers:
    """Numbers of rows to come of one table, given out once."""

    session: Session
    table: type[Base]
    left: Iterator[int] = field(default_factory=lambda: iter(()))
    last: int | None = None

    def take(self) -> int:
        number = next(self.left, None)
        if number is None:
            self.left = iter(self._reserve())
            number = next(self.left)
        return number

    def forget(self) -> None:
        """Others may write to the table from here on."""
        if self.last is not None:
            self.left, self.last = iter(()), None

    def _reserve(self) -> Sequence[int]:
        name = self.table.__tablename__
        if self.session.get_bind().dialect.name == "postgresql":
            block = text(
                "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
            )
            return list(self.session.scalars(block, {"name": name, "count": _BLOCK}))
        # A writer on SQLite is alone until it commits.
        if self.last is None:
            self.last = self.session.scalar(select(func.max(self.table.__table__.c.id))) or 0
        first, self.last = self.last + 1, self.last + _BLOCK
        return range(first, self.last + 1)


class Bulk:
    """Collects rows and writes them with `flush`; all of it within the caller's transaction.

    Facts are not checked one by one: who calls has made or checked them. `by` is the login that recorded them.
    """

    def __init__(self, session: Session, *, by: str) -> None:
        self._session = session
        self._by = by[:64]
        self._people, self._stays, self._facts = (
            _Numbers(session, table) for table in (Person, Booking, Fact)
        )
        self._person_rows: list[dict[str, object]] = []
        self._stay_rows: list[dict[str, object]] = []
        self._fact_rows: list[dict[str, object]] = []
        self._zone_rows: list[dict[str, object]] = []
        self._inside: list[tuple[int, datetime]] = []
        self._zones: dict[str, int] | None = None
        self._other_numbers: dict[type[Base], _Numbers] = {}
        self._other_rows: dict[type[Base], list[dict[str, object]]] = {}
        self._series: dict[str, int] = {}

    def person(self, identity: Identity, *, created_at: datetime) -> int:
        """Somebody new; their number follows at `flush`. The identity is to be stated as a fact by the caller."""
        number = self._people.take()
        self._person_rows.append(
            {
                "id": number,
                "surname": identity.surname,
                "given": identity.given,
                "born_on": identity.born_on,
                "sex": identity.sex.value,
                "created_at": created_at,
            }
        )
        return number

    def stay(
        self,
        person_id: int,
        *,
        admitted_at: datetime,
        recorded_at: datetime,
        released_at: datetime | None = None,
    ) -> int:
        """A stay of somebody, open where `released_at` is None."""
        number = self._stays.take()
        self._stay_rows.append(
            {
                "id": number,
                "person_id": person_id,
                "admitted_at": admitted_at,
                "recorded_at": recorded_at,
                "recorded_by": self._by,
                "released_at": released_at,
            }
        )
        if released_at is None:
            self._inside.append((person_id, recorded_at))
        return number

    def fact(
        self,
        kind: Kind[V],
        value: V,
        person_id: int,
        booking_id: int | None,
        effective_at: datetime,
        recorded_at: datetime,
        source: str = "",
        item: int | None = None,
        by: str | None = None,
        document_id: int | None = None,
    ) -> int:
        """A statement; gives its number, which is its item where `item` is None."""
        number = self._row(
            kind.name, Act.STATES, value, person_id, booking_id, effective_at, recorded_at, source, item, by
        )
        self._fact_rows[-1]["document_id"] = document_id
        return number

    def ends(
        self,
        kind: Kind[V],
        value: V,
        person_id: int,
        booking_id: int | None,
        item: int,
        effective_at: datetime,
        reason: str,
    ) -> int:
        """The item holds no longer from `effective_at` on."""
        number = self._row(
            kind.name, Act.ENDS, value, person_id, booking_id, effective_at, effective_at, "", item, None
        )
        self._fact_rows[-1]["reason"] = reason[:300]
        return number

    def link(self, item: int, target: str, kind: Kind[V], person_id: int) -> None:
        """The fact `item` points to a visitor, an incident or a person by number; stated by the caller."""
        row = {"item": item, "target": target, "kind": kind.name, "person_id": person_id}
        self._other_rows.setdefault(FactLink, []).append(row)

    def id_of(self, table: type[Base]) -> int:
        """A number for a row of another table, to be added with it."""
        numbers = self._other_numbers.setdefault(table, _Numbers(self._session, table))
        return numbers.take()

    def add(self, table: type[Base], row: dict[str, object]) -> None:
        """A row of another table, whole; written after people, stays and facts, tables in the order of their first."""
        self._other_rows.setdefault(table, []).append(row)

    def number(self, series: str, letter: str) -> str:
        """The next number of a series, as `next_number` gives them: I-000001."""
        last = self._series.get(series)
        self._series[series] = next_number(self._session, series) if last is None else last + 1
        return f"{letter}-{self._series[series]:0{_WIDTH}d}"

    def permit(self, person_id: int, zone_codes: Sequence[str], at: datetime) -> None:
        """The person may enter these zones from `at` on; codes that no zone has are left out."""
        if self._zones is None:
            self._zones = {zone.code: zone.id for zone in self._session.scalars(select(Zone))}
        for code in sorted(set(zone_codes) & self._zones.keys()):
            self._zone_rows.append(
                {
                    "person_id": person_id,
                    "zone_id": self._zones[code],
                    "permitted_at": at,
                    "withdrawn_at": None,
                }
            )

    def flush(self) -> None:
        """Write what was collected: rows, permanent numbers, what is searched, and what terminals have to hear."""
        session = self._session
        session.flush()
        self._number(self._person_rows, "person", "P")
        self._number(self._stay_rows, "booking", "B")
        for table, rows in (
            (Person, self._person_rows),
            (Booking, self._stay_rows),
            (Fact, self._fact_rows),
            (ZonePermission, self._zone_rows),
        ):
            insert_rows(session, table, rows)
        for other, others in self._other_rows.items():
            insert_rows(session, other, others)
        for series, last in self._series.items():
            session.execute(update(Counter).where(Counter.series == series).values(last=last))
        for part in in_parts([row["id"] for row in self._person_rows], _SEARCHED_AT_ONCE):
            make_searchable(session, [int(str(number)) for number in part])
        if self._inside:
            in_commit_order(session, Series.PERSON_CHANGES)
            insert_rows(
                session, PersonChange, [{"person_id": who, "changed_at": at} for who, at in self._inside]
            )
        for rows in (self._person_rows, self._stay_rows, self._fact_rows, self._zone_rows):
            rows.clear()
        self._inside.clear()
        self._other_rows.clear()
        self._series.clear()
        for numbers in (self._people, self._stays, self._facts, *self._other_numbers.values()):
            numbers.forget()

    def _number(self, rows: list[dict[str, object]], series: str, letter: str) -> None:
        if not rows:
            return
        first = next_number(self._session, series)
        raised = update(Counter).where(Counter.series == series).values(last=Counter.last + len(rows) - 1)
        self._session.execute(raised)
        for place, row in enumerate(rows):
            row["number"] = f"{letter}-{first + place:0{_WIDTH}d}"

    def _row(
        self,
        kind: str,
        act: Act,
        value: Form,
        person_id: int,
        booking_id: int | None,
        effective_at: datetime,
        recorded_at: datetime,
        source: str,
        item: int | None,
        by: str | None,
    ) -> int:
        number = self._facts.take()
        self._fact_rows.append(
            {
                "id": number,
                "person_id": person_id,
                "booking_id": booking_id,
                "kind": kind,
                "item": item,
                "act": act.value,
                "value": write_value(value),
                "effective_at": effective_at,
                "recorded_at": recorded_at,
                "recorded_by": self._by if by is None else by[:64],
                "source": source[:200],
                "document_id": None,
                "reason": "",
                "corrects_id": None,
            }
        )
        return number
