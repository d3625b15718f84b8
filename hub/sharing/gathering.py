"""Loading what agreed fields are read from: the facts of those kinds and of no others, for many people at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, select
from sqlalchemy.orm import Session

from hub.custody.catalogue import KINDS
from hub.custody.facts.bulk import Piles, piles_of
from hub.custody.facts.kinds import Per
from hub.custody.merging.reading import families_of, joined_stays
from hub.custody.records import Booking, Person
from hub.custody.sentencing.dates import verified_dates_of
from hub.movements.records import Site
from hub.sharing.catalogue.reading import Reading, Stay
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Loaded:
    """Everything that the readers of one batch may look at. People who are one stand under whoever leads them."""

    session: Session
    at: datetime
    leads: Mapping[int, int]
    numbers: Mapping[int, str]
    stays: Mapping[int, Sequence[Stay]]
    joined: Mapping[int, int]
    piles: Mapping[int, Piles]
    facility: str

    @cached_property
    def _dates(self) -> Mapping[int, date]:
        going_on = [one.id for found in self.stays.values() for one in found if one.released_at is None]
        today = self.at.astimezone(SITE_ZONE).date()
        return verified_dates_of(self.session, going_on, today=today)

    def release_on(self, stay: int) -> date | None:
        """The release date of a stay, once two officers have signed it; of everybody loaded when first asked."""
        return self._dates.get(stay)

    def earlier_numbers(self, lead: int) -> Sequence[str]:
        """Other numbers of a person, which are led by this one now."""
        return sorted(self.numbers[one] for one, its in self.leads.items() if its == lead != one)

    def earlier_stays(self, stay: int) -> Sequence[str]:
        """Numbers of stays that were this one, recorded twice."""
        aside = {one for one, into in self.joined.items() if into == stay}
        return sorted(one.number for found in self.stays.values() for one in found if one.id in aside)

    def number_of(self, person: int | None) -> str:
        """The number that leads; empty for nobody."""
        return "" if person is None else self.numbers.get(self.leads.get(person, person), "")

    def reading(
        self, person: int | None, booking: int | None, fact: int | None, given: Mapping[str, Any] | None
    ) -> Reading:
        """What the fields about one person are read from."""
        brought = {} if given is None else given
        if person is None:
            return Reading(self.session, self.at, given=brought, facility=self.facility)
        lead = self.leads.get(person, person)
        stay = self._stay(lead, booking)
        return Reading(
            self.session,
            self.at,
            self.numbers.get(lead, ""),
            lead,
            stay,
            fact,
            self._rows(lead, stay),
            brought,
            self.facility,
            self.release_on,
            lambda: self.earlier_numbers(lead),
            lambda: () if stay is None else self.earlier_stays(stay.id),
        )

    def _stay(self, lead: int, booking: int | None) -> Stay | None:
        """The stay asked for; else the one that goes on, else the last one."""
        stays = self.stays.get(lead, ())
        wanted = None if booking is None else self.joined.get(booking, booking)
        if wanted is not None:
            return next((stay for stay in stays if stay.id == wanted), None)
        going_on = [stay for stay in stays if stay.released_at is None and stay.id not in self.joined]
        last = going_on or stays
        return last[-1] if last else None

    def _rows(self, lead: int, stay: Stay | None) -> dict[str, Sequence[Any]]:
        mine = (
            set() if stay is None else {stay.id, *(a for a, into in self.joined.items() if into == stay.id)}
        )
        found: dict[str, Sequence[Any]] = {}
        for name, pile in self.piles.get(lead, {}).items():
            if KINDS[name].per is Per.BOOKING:
                found[name] = [row for row in pile.rows if row.booking_id in mine]
            else:
                found[name] = pile.rows
        return found


def load(session: Session, people: Collection[int], kinds: Collection[str], at: datetime) -> Loaded:
    """What fields of these kinds of facts need, of these people."""
    session.flush()  # what follows is asked of the connection
    connection = session.connection()
    families = families_of(session, people)
    leads = {member: family[0] for family in families.values() for member in family}
    everybody = list(leads)
    numbers = {row.id: row.number for row in connection.execute(_NUMBERS, {"people": everybody})}
    stays = _stays(connection, leads)
    of_person = {name for name in kinds if KINDS[name].per is Per.PERSON}
    piles: Mapping[int, Piles] = {}
    if kinds and everybody:
        piles = piles_of(
            session,
            whose=leads,
            of_person=of_person,
            stays={stay.id for found in stays.values() for stay in found},
            of_stay=set(kinds) - of_person,
        )
    site = connection.execute(_SITE).scalar()
    return Loaded(session, at, leads, numbers, stays, joined_stays(session), piles, site or "")


def _stays(connection: Connection, leads: Mapping[int, int]) -> dict[int, list[Stay]]:
    found: dict[int, list[Stay]] = {}
    for person, number, name, admitted_at, released_at in connection.execute(_STAYS, {"people": list(leads)}):
        found.setdefault(leads[person], []).append(Stay(number, name, admitted_at, released_at))
    return found


# Asked at every act of sharing: writing them anew each time costs more than asking.
_PEOPLE: Final[BindParameter[Any]] = bindparam("people", expanding=True)
_NUMBERS: Final = select(Person.id, Person.number).where(Person.id.in_(_PEOPLE))
_STAYS: Final = (
    select(Booking.person_id, Booking.id, Booking.number, Booking.admitted_at, Booking.released_at)
    .where(Booking.person_id.in_(_PEOPLE))
    .order_by(Booking.id)
)
_SITE: Final = select(Site.name).order_by(Site.sort, Site.id).limit(1)
