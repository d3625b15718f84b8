"""Our side of the comparison, from the facts, and theirs from the lines that they sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.custody.facts.bulk import Piles, piles_of
from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.reading import Held, holding
from hub.custody.identity import IDENTITY
from hub.custody.legal import LEGAL_STATUS, LegalStatus
from hub.custody.merging.reading import families_of, joined_stays, leads
from hub.custody.queries import names
from hub.custody.records import Booking
from hub.custody.sentencing.dates import BestKnown, Certainty, best_known_all
from hub.custody.who.identifiers import IDENTIFIER, IdentifierSort, plain_number
from hub.sharing.census.comparing import Here, There
from hub.sharing.census.messages import ListedPerson
from hub.sharing.census.records import Scope
from hub.sharing.inbox.receiving import name_key
from hub.web.formats import SITE_ZONE, start_of

AT_ONCE: Final = 500
_OF_PERSON: Final = frozenset({IDENTITY.name, IDENTIFIER.name})
_SORTS: Final = (IdentifierSort.POLICE, IdentifierSort.COURT)


def ours(session: Session, scope: Scope, since: date, at: datetime) -> list[Here]:
    """Everybody with an open stay, and whoever was released since that day, each once."""
    people: dict[int, list[Booking]] = defaultdict(list)
    aside = joined_stays(session)
    wanted = select(Booking).where(or_(Booking.released_at.is_(None), Booking.released_at >= start_of(since)))
    for stay in session.scalars(wanted.order_by(Booking.id)):
        if stay.id not in aside or stay.released_at is None:
            people[stay.person_id].append(stay)
    leading = leads(session)
    of_lead: dict[int, list[Booking]] = defaultdict(list)
    for person, stays in people.items():
        of_lead[leading.get(person, person)] += stays
    numbers = list(of_lead)
    found: list[Here] = []
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        found += _read(session, {lead: of_lead[lead] for lead in some}, scope, at)
    return found


def theirs(lines: Sequence[tuple[int, ListedPerson]]) -> list[There]:
    """Their lines as they are compared."""
    return [
        There(
            line,
            frozenset(each.strip().upper() for each in (one.number, one.booking) if each.strip()),
            plain_number(one.reference),
            _name(one.surname, one.given),
            one.born_on,
            "" if one.status is None else one.status.value,
            one.release_on,
            _label(one),
            _shown(one.surname, one.given),
        )
        for line, one in lines
    ]


def _read(
    session: Session, people: Mapping[int, Sequence[Booking]], scope: Scope, at: datetime
) -> Iterator[Here]:
    families = families_of(session, people)
    members = {member: lead for lead, family in families.items() for member in family}
    known = names(session, members)
    stays = {stay.id for found in people.values() for stay in found}
    piles = piles_of(session, whose=members, of_person=_OF_PERSON, stays=stays, of_stay=(LEGAL_STATUS.name,))
    open_stays = [stay.id for found in people.values() for stay in found if stay.released_at is None]
    dates = dict(best_known_all(session, today=at.astimezone(SITE_ZONE).date(), booking_ids=open_stays))
    every = defaultdict[int, set[str]](set)
    for person, number in session.execute(select(Booking.person_id, Booking.number).where(_of(members))):
        every[members[person]].add(number)
    for lead, found in people.items():
        stay = next((one for one in reversed(found) if one.released_at is None), found[-1])
        one = _Facts(piles.get(lead, {}), lead, at)
        status = one.status(stay.id)
        surname, given, born_on = one.identity() or (
            known[lead].surname,
            known[lead].given,
            known[lead].born_on,
        )
        yield Here(
            known[lead].number,
            frozenset(every[lead] | {known[member].number for member in families[lead]}),
            frozenset(plain_number(each) for each in one.numbers()),
            _name(surname, given),
            born_on,
            status,
            _signed(dates.get(stay.id)),
            stay.admitted_at.astimezone(SITE_ZONE).date(),
            None if stay.released_at is None else stay.released_at.astimezone(SITE_ZONE).date(),
            scope is Scope.EVERYBODY or status == LegalStatus.REMAND.value,
            _shown(surname, given),
        )


class _Facts:
    """What holds of one person, from rows that were read for many. Of several files `lead` is the one that leads."""

    def __init__(self, piles: Piles, lead: int, at: datetime) -> None:
        self._piles, self._lead = piles, lead
        self._at = at

    def _held(self, kind: Kind[V]) -> list[Held[V]]:
        pile = self._piles.get(kind.name)
        return [] if pile is None else holding(kind, pile.rows, effective_at=self._at)

    def identity(self) -> tuple[str, str, date | None] | None:
        held = self._held(IDENTITY)
        if not held:
            return None
        # Each file has a name of its own: the leading one's is theirs, whichever was written down last.
        value = next((one for one in held if one.row.person_id == self._lead), held[-1]).value
        return value.surname, value.given, value.born_on

    def numbers(self) -> list[str]:
        return [one.value.number for one in self._held(IDENTIFIER) if one.value.sort in _SORTS]

    def status(self, stay: int) -> str:
        found = [one.value.status.value for one in self._held(LEGAL_STATUS) if one.row.booking_id == stay]
        return found[-1] if found else ""


def _of(members: Collection[int]) -> ColumnElement[bool]:
    return Booking.person_id.in_(members)


def _signed(known: BestKnown | None) -> date | None:
    """A release date once two officers have signed it."""
    return known.on if known is not None and known.certainty is Certainty.VERIFIED else None


def _name(surname: str, given: str) -> str:
    key = name_key(surname, given)
    return "" if key == "|" else key


def _shown(surname: str, given: str) -> str:
    return ", ".join(part for part in (surname.strip().upper(), given.strip()) if part)


def _label(one: ListedPerson) -> str:
    """What they know the person by: the same from week to week."""
    born = "" if one.born_on is None else one.born_on.isoformat()
    named = f"{_name(one.surname, one.given)} {born}"
    return (
        plain_number(one.reference) or one.number.strip().upper() or one.booking.strip().upper() or named
    )[:200]
