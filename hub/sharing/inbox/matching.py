"""Whom a message is about: by our number, by the sender's, by name and birth. Of two who fit nobody is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.actions import open_booking_of
from hub.custody.facts.reading import current
from hub.custody.merging.reading import family_of, lead_of
from hub.custody.queries import person_by_number
from hub.custody.records import Booking, Person
from hub.custody.search.projection import Where, squashed
from hub.custody.search.records import SearchPosting
from hub.custody.twins import name_twins
from hub.custody.who.identifiers import IDENTIFIER, plain_number
from hub.sharing.inbox.messages import Subject
from hub.sharing.inbox.receiving import name_key


class How(StrEnum):
    """How somebody was found."""

    CHOSEN = "chosen"
    """An officer said so."""
    NUMBER = "number"
    REFERENCE = "reference"
    NAME = "name"
    """One person alone has the name and the birth."""
    TWINS = "twins"
    """Several may be meant, or number and name say different people."""
    NOBODY = "nobody"


SURE: Final = frozenset({How.CHOSEN, How.NUMBER, How.REFERENCE, How.NAME})


@dataclass(frozen=True)
class Match:
    """Whom a message may be about: `person` where one fits and no other may be meant, else `others` to choose from.

    `numbered` are those of the others whom a number of the message leads to, against its name and birth. `unknown` is a
    number in it that nobody here has.
    """

    how: How
    person: Person | None = None
    booking: Booking | None = None
    others: tuple[Person, ...] = ()
    name_differs: bool = False
    numbered: tuple[str, ...] = ()
    unknown: str = ""

    def __repr__(self) -> str:
        return f"Match({self.how})"


def match(session: Session, subject: Subject, chosen: int | None = None) -> Match:
    """Look in this order; `chosen` is whom an officer chose."""
    if chosen is not None:
        return _found(session, How.CHOSEN, session.get_one(Person, lead_of(session, chosen)), subject)
    given = subject.number or subject.booking
    by_number = _by_number(session, given)
    unknown = given if by_number is None else ""
    by_reference = _by_reference(session, subject.reference)
    numbered = [one for one in (by_number, *by_reference) if one is not None]
    who = {one.id: one for one in numbered}
    if len(who) == 1:
        person = next(iter(who.values()))
        if _fits(person, subject):
            how = How.NUMBER if by_number is not None else How.REFERENCE
            return _found(session, how, person, subject)
    alike = _alike(session, subject)
    if who:
        numbers = tuple(sorted({one.number for one in numbered}))
        return Match(How.TWINS, others=_distinct((*numbered, *alike)), numbered=numbers, unknown=unknown)
    exact = [one for one in alike if _same(one, subject)]
    if len(exact) == 1 and len(alike) == 1 and subject.born_on is not None:
        return replace(_found(session, How.NAME, exact[0], subject), unknown=unknown)
    return Match(How.TWINS if alike else How.NOBODY, others=tuple(alike), unknown=unknown)


def _found(session: Session, how: How, person: Person, subject: Subject) -> Match:
    differs = name_key(person.surname, person.given) != name_key(subject.surname, subject.given)
    return Match(how, person, open_booking_of(session, person.id), name_differs=differs)


def _by_number(session: Session, number: str) -> Person | None:
    text = number.strip().upper()
    if not text:
        return None
    found = person_by_number(session, text)
    if found is None:
        stay = session.scalar(select(Booking).where(Booking.number == text))
        found = None if stay is None else stay.person
    return None if found is None else session.get_one(Person, lead_of(session, found.id))


def _by_reference(session: Session, reference: str) -> list[Person]:
    """People with this very number of another agency on file."""
    if len(squashed(reference)) < 3:
        return []
    wanted = select(SearchPosting.person_id).where(
        SearchPosting.word == squashed(reference), SearchPosting.field == Where.IDENTIFIER.value
    )
    found = []
    for person_id in session.scalars(wanted.limit(20)):
        held = [
            one
            for each in family_of(session, person_id)
            for one in current(session, IDENTIFIER, person_id=each)
        ]
        if any(plain_number(one.value.number) == plain_number(reference) for one in held):
            found.append(session.get_one(Person, lead_of(session, person_id)))
    return list(_distinct(found))


def _alike(session: Session, subject: Subject) -> list[Person]:
    """Everybody who has the name, or one that sounds alike, and a close birth."""
    twins = name_twins(session, 0, surname=subject.surname, given=subject.given, born_on=subject.born_on)
    return list(_distinct(session.get_one(Person, lead_of(session, one.person_id)) for one in twins))


def _fits(person: Person, subject: Subject) -> bool:
    """Whether a number that was given is not contradicted by name and birth together."""
    same_name = name_key(person.surname, person.given) == name_key(subject.surname, subject.given)
    return same_name or _same_birth(person.born_on, subject.born_on)


def _same(person: Person, subject: Subject) -> bool:
    same_name = name_key(person.surname, person.given) == name_key(subject.surname, subject.given)
    return same_name and person.born_on == subject.born_on


def _same_birth(first: date | None, second: date | None) -> bool:
    return first is not None and first == second


def _distinct(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple({one.id: one for one in people}.values())
