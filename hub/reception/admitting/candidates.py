"""People who may be the one who stands there: by finger, name, or number, to be compared side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import prepare_impression
from hub.biometrics.photos import people_with_photo
from hub.custody.facts.reading import by_person, holding, rows_of
from hub.custody.merging.reading import families_of
from hub.custody.merging.records import MergeCase
from hub.custody.queries import person_by_number
from hub.custody.records import Booking, Person
from hub.custody.search.finding import find, sounding_like
from hub.custody.stays import RELEASE
from hub.reception.admitting.content import Content, Found
from hub.reception.desk.answering import whose
from hub.reception.desk.looks import Outcome
from hub.sentences import Sentence

MOST: Final = 8


@dataclass(frozen=True)
class Candidate:
    """A file that may be the person's. `stay` is the last one; `released_because` its release, where known."""

    person_id: int
    number: str
    surname: str
    given: str
    born_on: date | None
    sex: str
    has_photo: bool
    inside: bool
    stay: Booking | None
    stays: int
    released_because: str
    by_finger: bool
    why: Sentence | None

    def __repr__(self) -> str:
        return f"Candidate({self.number})"


def by_image(search: DuplicateSearch, raw: bytes, at: datetime, session: Session) -> Found:
    """Look whose finger an image shows; RefusedError for one that cannot be used."""
    impression = prepare_impression(raw)
    search.catch_up()
    began = time.monotonic()
    answer = whose(search, [impression])
    took_ms = round(1000 * (time.monotonic() - began))
    numbers = [session.get_one(Person, one).number for one in answer.person_ids]
    return Found(answer.outcome.value, numbers, len(search), took_ms, at.isoformat())


def candidates(session: Session, content: Content) -> list[Candidate]:
    """Files to compare: those of the finger first, then those that the words find."""
    by_finger = [] if content.found is None else content.found.numbers
    chosen = [person_by_number(session, number) for number in by_finger]
    ids: dict[int, Sentence | None] = {one.id: FINGER for one in chosen if one is not None}
    for person_id, why in _by_words(session, content):
        ids.setdefault(person_id, why)
    leads = {family[0]: person_id for person_id, family in families_of(session, list(ids)).items()}
    wanted = list(leads)[:MOST]
    return _shown(session, wanted, {lead: ids[person_id] for lead, person_id in leads.items()})


FINGER: Final = Sentence("The finger matches")
SAME_NAME: Final = Sentence("Same or similar name")
SEARCHED: Final = Sentence("Found by what you typed")


def suspected_with(session: Session, person: Person | None, found: Sequence[Candidate]) -> set[str]:
    """Numbers of candidates that are before officers already as perhaps the same person as the chosen one."""
    if person is None:
        return set()
    others = {one.person_id: one.number for one in found}
    cases = session.scalars(
        select(MergeCase).where(or_(MergeCase.one_id == person.id, MergeCase.other_id == person.id))
    )
    ids = {case.other_id if case.one_id == person.id else case.one_id for case in cases}
    return {number for person_id, number in others.items() if person_id in ids}


def _by_words(session: Session, content: Content) -> list[tuple[int, Sentence]]:
    found: list[tuple[int, Sentence]] = []
    typed = content.values.get("search", "").strip()
    if typed:
        found += [(hit.person_id, SEARCHED) for hit in find(session, typed, MOST)]
    surname, given = content.values.get("named_surname", ""), content.values.get("named_given", "")
    if surname or given:
        found += [(hit.person_id, SAME_NAME) for hit in sounding_like(session, surname, given, limit=MOST)]
    return found


def _shown(session: Session, ids: Sequence[int], why: dict[int, Sentence | None]) -> list[Candidate]:
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))}
    stays: dict[int, list[Booking]] = {}
    families = families_of(session, ids)
    members = [member for family in families.values() for member in family]
    owner = {member: family[0] for family in families.values() for member in family}
    for booking in session.scalars(
        select(Booking).where(Booking.person_id.in_(members)).order_by(Booking.admitted_at)
    ):
        stays.setdefault(owner[booking.person_id], []).append(booking)
    releases = {
        one.row.booking_id: str(one.value.reason)
        for rows in by_person(rows_of(session, members, RELEASE)).values()
        for one in holding(RELEASE, rows)
    }
    photos = people_with_photo(session, ids)
    return [
        _candidate(people[one], stays.get(one, []), releases, photos, why[one])
        for one in ids
        if one in people
    ]


def _candidate(
    person: Person,
    stays: Sequence[Booking],
    releases: dict[int | None, str],
    photos: set[int],
    why: Sentence | None,
) -> Candidate:
    last = stays[-1] if stays else None
    return Candidate(
        person_id=person.id,
        number=person.number,
        surname=person.surname,
        given=person.given,
        born_on=person.born_on,
        sex=person.sex,
        has_photo=person.id in photos,
        inside=any(stay.released_at is None for stay in stays),
        stay=last,
        stays=len(stays),
        released_because="" if last is None else releases.get(last.id, ""),
        by_finger=why is FINGER,
        why=why,
    )


FINGER_OUTCOMES: Final = {
    Outcome.KNOWN: Sentence("The finger matches a file."),
    Outcome.NOBODY: Sentence("No file has this finger."),
    Outcome.UNREADABLE: Sentence("The finger could not be read. Take it again, or use another one."),
    Outcome.UNUSABLE: Sentence("The desk says that this finger cannot be taken. Use another one."),
    Outcome.SAME: Sentence("The finger is this person's."),
    Outcome.OTHER: Sentence("The finger is not this person's."),
    Outcome.NO_FINGERS: Sentence("No finger is enrolled for this person: it cannot be compared."),
}
