"""Our side of the comparison, from the facts, and theirs from the lines that they sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.custody.legal import LegalStatus
from hub.custody.merging.reading import joined_stays
from hub.custody.records import Booking, Person
from hub.custody.who.identifiers import plain_number
from hub.sharing.catalogue import custody, persons
from hub.sharing.census.comparing import Here, There
from hub.sharing.census.messages import ListedPerson
from hub.sharing.census.records import Scope
from hub.sharing.gathering import Loaded, load
from hub.sharing.inbox.receiving import name_key
from hub.web.formats import SITE_ZONE, start_of

AT_ONCE: Final = 500
_KINDS: Final = frozenset({"identity", "identifier", "legal_status"})


def ours(session: Session, scope: Scope, since: date, at: datetime) -> list[Here]:
    """Everybody with an open stay, and whoever was released since that day, each once."""
    people: dict[int, list[Booking]] = defaultdict(list)
    aside = joined_stays(session)
    wanted = select(Booking).where(or_(Booking.released_at.is_(None), Booking.released_at >= start_of(since)))
    for stay in session.scalars(wanted.order_by(Booking.id)):
        if stay.id not in aside or stay.released_at is None:
            people[stay.person_id].append(stay)
    found: dict[str, Here] = {}
    numbers = list(people)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        loaded = load(session, some, _KINDS, at)
        for one in _read(loaded, some, scope):
            found.setdefault(one.number, one)
    return list(found.values())


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
        )
        for line, one in lines
    ]


def _read(loaded: Loaded, people: Sequence[int], scope: Scope) -> Iterator[Here]:
    known: dict[int, set[str]] = defaultdict(set)
    wanted = select(Person.id, Person.number).where(Person.id.in_(loaded.leads))
    for member, number in loaded.session.execute(wanted):
        known[loaded.leads[member]].add(number)
    for person in people:
        lead = loaded.leads.get(person, person)
        one = loaded.reading(lead, None, None, None)
        if one.stay is None:
            continue
        status = custody.LEGAL.read(one) or ""
        released = one.stay.released_at
        own = {stay.number for stay in loaded.stays.get(lead, ())}
        references = [*_all(persons.POLICE_NUMBER, one), *_all(persons.COURT_NUMBER, one)]
        yield Here(
            loaded.number_of(lead),
            frozenset(own | known[lead]),
            frozenset(plain_number(each) for each in references),
            _name(persons.SURNAME.read(one) or "", persons.GIVEN.read(one) or ""),
            None if (born := persons.BORN.read(one)) is None else date.fromisoformat(born),
            status,
            _release_on(one),
            one.stay.admitted_at.astimezone(SITE_ZONE).date(),
            None if released is None else released.astimezone(SITE_ZONE).date(),
            scope is Scope.EVERYBODY or status == LegalStatus.REMAND.value,
        )


def _release_on(one: Any) -> date | None:
    told = custody.RELEASE_DUE.read(one)
    return None if told is None else date.fromisoformat(told)


def _all(field: Any, one: Any) -> Sequence[str]:
    found: Sequence[str] = field.read(one) or ()
    return found


def _name(surname: str, given: str) -> str:
    key = name_key(surname, given)
    return "" if key == "|" else key


def _label(one: ListedPerson) -> str:
    """What they know the person by: the same from week to week."""
    born = "" if one.born_on is None else one.born_on.isoformat()
    named = f"{_name(one.surname, one.given)} {born}"
    return (
        plain_number(one.reference) or one.number.strip().upper() or one.booking.strip().upper() or named
    )[:200]
