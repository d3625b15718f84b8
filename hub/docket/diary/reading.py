"""Dates before courts, by day. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import Held, holding
from hub.custody.facts.records import Fact
from hub.custody.hearing_outcomes import HearingOutcome
from hub.custody.legal import HEARING, Hearing
from hub.custody.merging.reading import joined_stays, leads
from hub.custody.records import Booking, Person
from hub.custody.search.projection import in_parts
from hub.web.formats import SITE_ZONE

_PART: Final = 900
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
"""What tells what holds; read as objects it costs three times as much."""


@dataclass(frozen=True)
class Appointment:
    """Somebody's date before a court. `held.item` names it; `inside` tells whether the stay is still open."""

    held: Held[Hearing]
    person: Person
    booking_id: int
    inside: bool

    @property
    def hearing(self) -> Hearing:
        return self.held.value

    @property
    def on(self) -> date:
        """The day at the site."""
        return day_of(self.hearing.hearing_at)


@dataclass(frozen=True)
class Production:
    """How many of the dates of some days were kept. `open` have passed without outcome."""

    due: int
    produced: int
    not_produced: int
    open: int


def day_of(at: datetime) -> date:
    """The day at the site."""
    return at.astimezone(SITE_ZONE).date()


def appointments(
    session: Session, first: date, last: date, *, court: str = "", known_at: datetime | None = None
) -> list[Appointment]:
    """Every date from `first` to `last`, both included, by time, court and name."""
    found = [
        one
        for one in _appointed(session, _rows_near(session, first, last), known_at)
        if first <= one.on <= last and (not court or one.hearing.court == court)
    ]
    return sorted(found, key=_place)


def appointments_of(
    session: Session, person_ids: Collection[int], known_at: datetime | None = None
) -> list[Appointment]:
    """Every date of these people, by time."""
    return sorted(_of_people(session, person_ids, known_at), key=_place)


def production(found: Iterable[Appointment], today: date) -> Production:
    """Figures over dates up to and including `today`."""
    past = [one.hearing for one in found if one.on <= today]
    not_produced = sum(1 for one in past if is_not_produced(one))
    open_ones = sum(1 for one in past if not one.outcome)
    return Production(len(past), len(past) - not_produced - open_ones, not_produced, open_ones)


def is_not_produced(hearing: Hearing) -> bool:
    """Whether the person was not brought, as far as it is known."""
    return hearing.outcome == HearingOutcome.NOT_PRODUCED or hearing.produced is False


def _rows_near(session: Session, first: date, last: date) -> list[Fact]:
    """Every row of each date that may lie on these days.

    The day stands in the text of a fact, in UTC or with an offset, so that a day around them is read as well. Dates
    are looked for by tens of days, which is two or three patterns for a week.
    """
    days = (first + timedelta(days=more) for more in range(-1, (last - first).days + 2))
    texts = sorted({f'%"hearing_at":"{day.isoformat()[:9]}%' for day in days})
    wanted = select(func.coalesce(Fact.item, Fact.id)).where(
        Fact.kind == HEARING.name, or_(*(Fact.value.like(one) for one in texts))
    )
    found: list[Fact] = []
    for part in in_parts(sorted(set(session.scalars(wanted))), _PART):
        rows = select(*_COLUMNS).where(or_(Fact.item.in_(part), Fact.id.in_(part)), Fact.kind == HEARING.name)
        found += cast(list[Fact], session.execute(rows).all())
    return found


def _of_people(session: Session, person_ids: Collection[int], known_at: datetime | None) -> list[Appointment]:
    led = leads(session)
    ids = sorted({one for person_id in person_ids for one in _family(led, person_id)})
    wanted = (
        select(Fact).where(Fact.person_id.in_(part), Fact.kind == HEARING.name)
        for part in in_parts(ids, _PART)
    )
    return _appointed(session, [row for rows in wanted for row in session.scalars(rows)], known_at)


def _appointed(session: Session, rows: Sequence[Fact], known_at: datetime | None) -> list[Appointment]:
    led, stays = leads(session), joined_stays(session)
    held = holding(HEARING, rows, known_at=known_at)
    people = _people(session, {led.get(one.row.person_id, one.row.person_id) for one in held})
    bookings = _bookings(
        session, {stays.get(one.row.booking_id or 0, one.row.booking_id or 0) for one in held}
    )
    found = []
    for one in held:
        booking = bookings[stays.get(one.row.booking_id or 0, one.row.booking_id or 0)]
        person = people[led.get(one.row.person_id, one.row.person_id)]
        found.append(Appointment(one, person, booking.id, booking.released_at is None))
    return found


def _family(led: Mapping[int, int], person_id: int) -> set[int]:
    lead = led.get(person_id, person_id)
    return {lead, person_id, *(one for one, other in led.items() if other == lead)}


def _people(session: Session, ids: set[int]) -> dict[int, Person]:
    parts = in_parts(sorted(ids), _PART)
    return {
        row.id: row for part in parts for row in session.scalars(select(Person).where(Person.id.in_(part)))
    }


def _bookings(session: Session, ids: set[int]) -> dict[int, Booking]:
    parts = in_parts(sorted(ids), _PART)
    return {
        row.id: row for part in parts for row in session.scalars(select(Booking).where(Booking.id.in_(part)))
    }


def _place(one: Appointment) -> tuple[datetime, str, str, str, int]:
    at = one.hearing.hearing_at.astimezone(UTC)
    return (at, one.hearing.court, one.person.surname, one.person.given, one.held.item)
