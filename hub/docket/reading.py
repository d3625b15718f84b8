"""People in custody as snapshots, read by the thousand: a few questions to the database for each part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind, Per, read_value
from hub.custody.facts.reading import holding, item_of, steps
from hub.custody.facts.records import Act, Fact
from hub.custody.legal import HEARING, LEGAL_STATUS
from hub.custody.records import Booking, Person
from hub.custody.stays import HOME
from hub.custody.who.rules_7_and_8 import ITEMS, missing
from hub.docket.release_clocks import release_clocks
from hub.docket.rules import CHECKS
from hub.docket.snapshot import Known, ReleaseClock, Seen, Snapshot, Sureness
from hub.docket.surroundings import Surroundings
from hub.movements.records import Position, Zone

PART: Final = 1_000
"""People read at once: enough to make the questions cheap, few enough to hold in memory."""

READ: Final[dict[str, Kind[Any]]] = {kind.name: kind for check in CHECKS.values() for kind in check.reads}
"""Kinds that checks look into."""
_RULE_7: Final = frozenset(
    {
        *(name for item in ITEMS if item.rule.startswith("7") for name in item.kinds),
        "asked",
        LEGAL_STATUS.name,
    }
)
_ALL: Final = frozenset(READ) | _RULE_7
_COLUMNS: Final = (
    Fact.id, Fact.person_id, Fact.booking_id, Fact.kind, Fact.item, Fact.act, Fact.value, Fact.effective_at,
    Fact.corrects_id,
)  # fmt: skip

_Rows = dict[str, list[Fact]]


def in_custody(session: Session) -> list[int]:
    """Persons with an open stay, in order."""
    return list(
        session.scalars(
            select(Booking.person_id).where(Booking.released_at.is_(None)).order_by(Booking.person_id)
        )
    )


def parts(person_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Lists of at most PART."""
    for start in range(0, len(person_ids), PART):
        yield person_ids[start : start + PART]


def snapshots(session: Session, around: Surroundings, person_ids: Collection[int]) -> Iterator[Snapshot]:
    """Those of `person_ids` who are in custody, each with all that a check may look at."""
    people = _people(session, person_ids)
    family = around.family([row.id for row in people])
    rows = _rows(session, around, family)
    seen = _seen(session, family)
    clocks = release_clocks(session, [row.booking_id for row in people], around.at)
    for row in people:
        yield _snapshot(row, rows.get(row.id, {}), around, seen.get(row.id), clocks.get(row.booking_id))


def _snapshot(
    row: Row[Any], rows: _Rows, around: Surroundings, seen: Seen | None, clock: ReleaseClock | None
) -> Snapshot:
    own = {
        name: _of_stay(READ[name], held, row.booking_id, around)
        for name, held in rows.items()
        if name in READ
    }
    facts = {name: _known(READ[name], held, around.at) for name, held in own.items()}
    return Snapshot(
        person_id=row.id,
        number=row.number,
        surname=row.surname,
        given=row.given,
        born_on=row.born_on,
        booking_id=row.booking_id,
        admitted_at=row.admitted_at,
        at=around.at,
        facts=facts,
        statuses=_history(own.get(LEGAL_STATUS.name, ()), around.at),
        ended=_ended(own),
        seen=seen,
        home_is_adult=_is_adult_home(row.id, facts.get(HOME.name, ()), around),
        same_fingers=around.same_fingers.get(row.id, ()),
        queries=around.queries.get(row.id, ()),
        site_has_terminals=around.has_terminals,
        site_has_cells=around.has_cells,
        release=clock or ReleaseClock(Sureness.NOT_RECKONED),
        missing=_missing(rows, row.booking_id),
    )


def _people(session: Session, person_ids: Collection[int]) -> Sequence[Row[Any]]:
    wanted = (
        select(Person.id, Person.number, Person.surname, Person.given, Person.born_on)
        .add_columns(Booking.id.label("booking_id"), Booking.admitted_at)
        .join(Booking, Booking.person_id == Person.id)
        .where(Booking.released_at.is_(None), Person.id.in_(person_ids))
    )
    return session.execute(wanted.order_by(Person.id)).all()


def _rows(session: Session, around: Surroundings, family: dict[int, int]) -> dict[int, _Rows]:
    wanted = select(*_COLUMNS).where(Fact.person_id.in_(family), Fact.kind.in_(_ALL))
    found: dict[int, _Rows] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(wanted.order_by(Fact.id)):
        # A row of plain columns has every attribute that reading a fact needs, at a fraction of the cost.
        found[family[row.person_id]][row.kind].append(cast(Fact, row))
    return found


def _of_stay(kind: Kind[Any], rows: list[Fact], booking_id: int, around: Surroundings) -> list[Fact]:
    if kind.per is not Per.BOOKING:
        return rows
    return [
        row
        for row in rows
        if row.booking_id == booking_id or around.stays.get(row.booking_id or 0) == booking_id
    ]


def _known(kind: Kind[Any], rows: list[Fact], at: datetime) -> list[Known[Any]]:
    if len(rows) == 1:  # nearly everybody, of nearly every kind
        row = rows[0]
        plain = row.act == Act.STATES and (kind is HEARING or row.effective_at <= at)
        return [Known(item_of(row), read_value(kind, row.value), row.id, row.effective_at)] if plain else []
    # A date before a court is on file from the moment it was written down, whatever day it was said to begin.
    effective_at = None if kind is HEARING else at
    return [
        Known(held.item, held.value, held.row.id, held.row.effective_at)
        for held in holding(kind, rows, effective_at=effective_at)
    ]


def _history(rows: Iterable[Fact], at: datetime) -> list[Known[Any]]:
    """Statuses that took effect until `at`, by the time they did."""
    rows = list(rows)
    if len(rows) == 1:
        return _known(LEGAL_STATUS, rows, at)
    counting = [
        step.row
        for step in steps(rows)
        if step.overtaken_by is None and step.row.act == Act.STATES and step.row.effective_at <= at
    ]
    known = [
        Known(held.item, held.value, held.row.id, held.row.effective_at)
        for row in counting
        for held in holding(LEGAL_STATUS, [row])
    ]
    return sorted(known, key=lambda one: (one.effective_at, one.row))


def _ended(rows: _Rows) -> dict[str, datetime]:
    return {
        name: max(ends)
        for name, held in rows.items()
        if (ends := [row.effective_at for row in held if row.act == Act.ENDS])
    }


def _missing(rows: _Rows, booking_id: int) -> tuple[str, ...]:
    told = (row for name in _RULE_7 for row in rows.get(name, ()))
    gaps = missing(told, booking_id=booking_id)
    return tuple(gap.item.code for gap in gaps if gap.item.rule.startswith("7"))


def _is_adult_home(person_id: int, homes: Sequence[Known[Any]], around: Surroundings) -> bool | None:
    if not homes:
        return None
    if person_id in around.among_adults:
        return True
    home = homes[-1].value
    if home.cell:
        return home.cell in around.adult_cells
    return home.zone in around.adult_zones


def _seen(session: Session, family: dict[int, int]) -> dict[int, Seen]:
    rows = session.execute(
        select(Position.person_id, Zone.code, Position.proven_at)
        .join(Zone, Zone.id == Position.zone_id)
        .where(Position.person_id.in_(family))
        .order_by(Position.proven_at)
    )
    return {family[person_id]: Seen(code, proven_at) for person_id, code, proven_at in rows}
