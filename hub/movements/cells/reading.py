"""Cells as they stand or stood, and who lives in them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import holding
from hub.custody.facts.records import Fact
from hub.custody.legal import LEGAL_STATUS, LegalStatus
from hub.custody.records import Booking, Person
from hub.custody.stays import HOME, Home
from hub.custody.then import facts_of, named, open_stays
from hub.movements.cells.records import Cell, CellTerms
from hub.movements.cells.rules import Ages, CellView, Sexes, Who, is_juvenile
from hub.movements.records import Zone
from hub.web.formats import SITE_ZONE

_COLUMNS: Final = (
    Fact.id,
    Fact.person_id,
    Fact.booking_id,
    Fact.kind,
    Fact.item,
    Fact.act,
    Fact.value,
    Fact.effective_at,
    Fact.recorded_at,
    Fact.corrects_id,
)
"""What tells what holds: rows of the whole prison are read at once, and objects cost three times as much."""


@dataclass(frozen=True)
class Dweller:
    """Somebody in custody and where they live; `home` None where nothing is recorded."""

    who: Who
    booking_id: int
    number: str
    surname: str
    given: str
    home: Home | None

    @property
    def cell(self) -> str:
        """Code of the cell, empty when none is allotted."""
        return "" if self.home is None else self.home.cell


def cells(session: Session, known_at: datetime | None = None) -> dict[str, CellView]:
    """Every cell by code, in the order of block, tier and name, as was known at `known_at`."""
    newest = select(func.max(CellTerms.id)).group_by(CellTerms.cell_id)
    if known_at is not None:
        newest = newest.where(CellTerms.recorded_at <= known_at)
    rows = session.execute(
        select(Cell, CellTerms, Zone.code)
        .join(CellTerms, CellTerms.cell_id == Cell.id)
        .join(Zone, Zone.id == Cell.zone_id)
        .where(CellTerms.id.in_(newest))
        .order_by(CellTerms.block, CellTerms.tier, CellTerms.name, Cell.id)
    )
    return {cell.code: view_of(cell, terms, zone) for cell, terms, zone in rows}


def cell_of(session: Session, code: str, known_at: datetime | None = None) -> CellView | None:
    """One cell by its code; None where there is none."""
    rows = session.execute(_ONE_CELL, {"code": code})
    known = (row for row in rows if known_at is None or row[1].recorded_at <= known_at)
    row = next(known, None)
    return None if row is None else view_of(*row)


_ONE_CELL: Final = (
    select(Cell, CellTerms, Zone.code)
    .join(CellTerms, CellTerms.cell_id == Cell.id)
    .join(Zone, Zone.id == Cell.zone_id)
    .where(Cell.code == bindparam("code"))
    .order_by(CellTerms.id.desc())
)


def any_cell(session: Session, known_at: datetime | None = None) -> bool:
    """Whether the site has cells at all."""
    wanted = select(CellTerms.id).limit(1)
    if known_at is not None:
        wanted = wanted.where(CellTerms.recorded_at <= known_at)
    return session.scalar(wanted) is not None


def view_of(cell: Cell, terms: CellTerms, zone: str) -> CellView:
    """The two rows of a cell as one value."""
    return CellView(
        id=cell.id,
        code=cell.code,
        zone=zone,
        name=terms.name,
        block=terms.block,
        tier=terms.tier,
        certified=terms.certified,
        working=terms.working,
        maximum=terms.maximum,
        sexes=Sexes(terms.sexes),
        ages=Ages(terms.ages),
        statuses=frozenset(one for one in terms.statuses.split(",") if one),
        out_of_order=terms.out_of_order,
        reason=terms.reason,
    )


def history_of(session: Session, cell_id: int, known_at: datetime | None = None) -> Sequence[CellTerms]:
    """Everything that was ever said of a cell, or until then, the newest first."""
    wanted = select(CellTerms).where(CellTerms.cell_id == cell_id).order_by(CellTerms.id.desc())
    if known_at is not None:
        wanted = wanted.where(CellTerms.recorded_at <= known_at)
    return session.scalars(wanted).all()


def dwellers(
    session: Session,
    at: datetime,
    *,
    known_at: datetime | None = None,
    person_ids: Collection[int] | None = None,
) -> list[Dweller]:
    """Everybody in custody (or these people), by name, with where they live at `at` as known at `known_at`."""
    if known_at is not None:
        return _dwelt(session, min(at, known_at), known_at, person_ids)
    when = at
    stays = select(Booking.id, Person).join(Person, Person.id == Booking.person_id)
    stays = stays.where(
        Booking.admitted_at <= when, Booking.released_at.is_(None) | (Booking.released_at > when)
    )
    if person_ids is not None:
        stays = stays.where(Person.id.in_(person_ids))
    people = session.execute(stays.order_by(Person.surname, Person.given, Person.id)).all()
    homes, statuses = _homes_and_statuses(session, stays.with_only_columns(Booking.id), when)
    return [
        Dweller(
            who=Who(person.id, person.sex, person.born_on, statuses.get(booking, LegalStatus.UNKNOWN.value)),
            booking_id=booking,
            number=person.number,
            surname=person.surname,
            given=person.given,
            home=homes.get(booking),
        )
        for booking, person in people
    ]


def _dwelt(
    session: Session, when: datetime, known_at: datetime, person_ids: Collection[int] | None
) -> list[Dweller]:
    """As it was known then: who was in custody, by what name, and where they lived."""
    stays = {
        stay: person
        for stay, person in open_stays(session, known_at).items()
        if person_ids is None or person in person_ids
    }
    people = named(session, stays.values(), known_at)
    rows = facts_of(session, stays.values(), (HOME.name, LEGAL_STATUS.name))
    homes, statuses = _of_stays(rows, when, known_at)
    found = [
        Dweller(
            who=Who(person, who.sex, who.born_on, statuses.get(stay, LegalStatus.UNKNOWN.value)),
            booking_id=stay,
            number=who.number,
            surname=who.surname,
            given=who.given,
            home=homes.get(stay),
        )
        for stay, person, who in ((stay, person, people[person]) for stay, person in stays.items())
    ]
    return sorted(found, key=lambda one: (one.surname, one.given, one.who.person_id))


def _homes_and_statuses(
    session: Session, stays: object, when: datetime
) -> tuple[dict[int, Home], dict[int, str]]:
    rows = cast(
        Sequence[Fact],
        session.execute(
            select(*_COLUMNS).where(
                Fact.kind.in_((HOME.name, LEGAL_STATUS.name)),
                Fact.booking_id.in_(stays),  # type: ignore[arg-type]
            )
        ).all(),
    )
    return _of_stays(rows, when, None)


def _of_stays(
    rows: Sequence[Fact], when: datetime, known_at: datetime | None
) -> tuple[dict[int, Home], dict[int, str]]:
    homes = holding(HOME, rows, effective_at=when, known_at=known_at)
    statuses = holding(LEGAL_STATUS, rows, effective_at=when, known_at=known_at)
    return (
        {one.row.booking_id: one.value for one in homes if one.row.booking_id is not None},
        {one.row.booking_id: one.value.status.value for one in statuses if one.row.booking_id is not None},
    )


def dwellers_of(
    session: Session, code: str, at: datetime, *, known_at: datetime | None = None
) -> list[Dweller]:
    """Who lives in one cell, by name."""
    written = msgspec.json.encode(code).decode()
    # A person who ever lived here has a row that names the cell; only of those is the present home reckoned.
    once = select(Fact.person_id).where(
        Fact.kind == HOME.name, Fact.value.contains(f'"cell":{written}', autoescape=True)
    )
    ids = set(session.scalars(once))
    return [one for one in dwellers(session, at, known_at=known_at, person_ids=ids) if one.cell == code]


def by_cell(people: Collection[Dweller]) -> dict[str, list[Dweller]]:
    """People by the code of their cell, those without one left out."""
    found: dict[str, list[Dweller]] = {}
    for one in people:
        if one.cell:
            found.setdefault(one.cell, []).append(one)
    return found


def without_cell(session: Session, at: datetime) -> list[Dweller]:
    """People in custody to whom no cell is allotted, or one that does not exist."""
    known = cells(session)
    return [one for one in dwellers(session, at) if one.cell not in known]


def juveniles_with_adults(session: Session, at: datetime) -> list[tuple[int, str]]:
    """(person, cell) of each juvenile who lives in a cell for adults or together with one."""
    known, today = cells(session), at.astimezone(SITE_ZONE).date()
    found: list[tuple[int, str]] = []
    for code, people in by_cell(dwellers(session, at)).items():
        young = [one for one in people if is_juvenile(one.who.born_on, today)]
        grown = [one for one in people if is_juvenile(one.who.born_on, today) is False]
        for_adults = code in known and known[code].ages is Ages.ADULT
        found += [(one.who.person_id, code) for one in young if grown or for_adults]
    return found


def site_day(at: datetime) -> date:
    """The calendar day at the site."""
    return at.astimezone(SITE_ZONE).date()
