"""From answers to a booking: everything checked once more and written in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger, check_one_finger, prepare_finger
from hub.biometrics.photo_making import PreparedPhoto
from hub.biometrics.photos import add_photo
from hub.biometrics.vault import Vault
from hub.custody.facts.actions import Statement
from hub.custody.languages import LANGUAGES, set_language
from hub.custody.life.alerts import ALERT, Alert, AlertType
from hub.custody.life.property import Signature, Signed, take_in
from hub.custody.merging.reading import lead_of
from hub.custody.queries import person_by_number
from hub.custody.records import Booking, Person
from hub.custody.rules import OrderFacts, PersonFacts
from hub.custody.search.finding import sounding_like
from hub.custody.stays import Admission as Stay
from hub.custody.who.contacts import CONTACT
from hub.custody.who.health import HEALTH_SCREENING, needs_nurse
from hub.custody.who.origin import (
    CONSULATE,
    LANGUAGE_SKILL,
    NATIONALITY,
    Consulate,
    LanguageSkill,
    Nationality,
    Told,
)
from hub.movements.cells.actions import Override
from hub.reception.admission import Admission, Admitted, AtDesk, FaultyError, More, admit
from hub.reception.admitting import answers
from hub.reception.admitting.content import FIELDS, SLOTS, Content, Step
from hub.reception.admitting.keeping import Draft, end
from hub.reception.admitting.records import State
from hub.reception.signatures import keep_drawing
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Ready:
    """What needs time, done before the transaction: fingers and photo judged."""

    fingers: tuple[PreparedFinger, ...]
    photo: PreparedPhoto | None

    def __repr__(self) -> str:
        return "Ready()"


class MeanwhileError(RefusedError):
    """Somebody like this person was registered after the search: `number` is whose file to look at."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "registered_meanwhile",
            Sentence(
                "%(number)s was registered under such a name while you were writing. Look whether it is this person.",
                {"number": number},
            ),
        )
        self.number = number


def step_of(field: str) -> Step:
    """The page where a field stands; the fingers' page for what is about them."""
    return next((step for step, names in FIELDS.items() if field in names), Step.FINGERS)


def prepare_fingers(images: Mapping[int, tuple[int, list[bytes]]]) -> tuple[PreparedFinger, ...]:
    """Judge handed-in images: slot -> (position, files). RefusedError for the first that cannot be used."""
    ready = []
    for slot in SLOTS:
        position, files = images.get(slot, (0, []))
        if files:
            finger = prepare_finger(position, files)
            check_one_finger(finger)
            ready.append(finger)
    return tuple(ready)


def all_faults(content: Content, now: datetime) -> dict[str, Sentence]:
    """What is wrong on any page, in the order of the pages."""
    found: dict[str, Sentence] = {}
    for step in Step:
        found |= answers.faults_of(step, content, now)
    values = content.values
    if not values.get("cell") and not values.get("home_zone"):
        found["cell"] = Sentence("Choose a cell, or a zone and why no cell.")
    return found


def take_person_in(
    session: Session,
    vault: Vault,
    search: DuplicateSearch,
    draft: Draft,
    ready: Ready,
    *,
    task: str,
    actor: Actor,
    at: datetime,
) -> Admitted:
    """Make the booking and end the admission under way. FaultyError or another RefusedError changes nothing."""
    content = draft.content
    faults = all_faults(content, at)
    if faults:
        raise FaultyError(faults)
    known = _known(session, content)
    if known is None:
        _refuse_registered_meanwhile(session, content)
    admission = _admission(content, known, ready, task, actor, at)
    admitted = admit(session, vault, search, admission, actor=actor, at=at)
    _add_rest(session, vault, content, admitted, ready, actor, at)
    end(session, draft.row, State.DONE, because="", person_id=admitted.person_id, actor=actor, at=at)
    return admitted


def _known(session: Session, content: Content) -> int | None:
    chosen = content.values.get("known", "")
    if chosen in ("", "nobody"):
        return None
    person = person_by_number(session, chosen)
    if person is None:
        raise RefusedError(
            "no_person", Sentence("There is no file %(number)s. Choose again.", {"number": chosen})
        )
    return lead_of(session, person.id)


def _refuse_registered_meanwhile(session: Session, content: Content) -> None:
    """Two clerks with one prisoner each search, find nobody, and make two files: the second is stopped here."""
    since = datetime.fromisoformat(content.searched_at)
    values = content.values
    alike = [
        hit.person_id for hit in sounding_like(session, values.get("surname", ""), values.get("given", ""))
    ]
    newer = select(Person).where(Person.id.in_(alike), Person.created_at > since).order_by(Person.id.desc())
    found = session.scalars(newer.limit(1)).first()
    if found is not None:
        raise MeanwhileError(found.number)


def _admission(
    content: Content, known: int | None, ready: Ready, task: str, actor: Actor, at: datetime
) -> Admission:
    ordered, _ = answers.order_of(content, at)
    identity, _ = answers.identity_of(content, at)
    values = content.values
    paper = ordered.order
    order = (
        None if paper is None else OrderFacts(paper.kind, paper.reference, paper.issued_on, paper.expires_on)
    )
    cell_override = None
    if content.cell_override is not None:
        by = Actor(content.cell_override.by, actor.address)
        cell_override = Override(by, content.cell_override.reason)
    desk = values.get("desk", "")
    return Admission(
        person=PersonFacts(identity.surname, identity.given, identity.born_on, identity.sex),
        order=order,
        home_zone=values.get("home_zone", ""),
        zones=frozenset(content.zones),
        fingers=ready.fingers,
        at_desk=AtDesk(int(desk), task) if desk.isdecimal() and len(desk) < 10 else None,
        more=More(
            known_id=known,
            identity=identity,
            paper=paper,
            status=ordered.status,
            stay=_stay(content, at),
            cell=values.get("cell", ""),
            cell_override=cell_override,
            fingers_later=values.get("fingers_later", ""),
            statements=tuple(_statements(content, actor, at)),
        ),
    )


def _stay(content: Content, at: datetime) -> Stay:
    arrival, _ = answers.arrival_of(content, at)
    signed = content.override
    return Stay(
        admitted_at=arrival.admitted_at,
        arrested_at=arrival.arrested_at,
        informed_of_rules=arrival.informed,
        override="" if signed is None else signed.reason,
        override_by="" if signed is None else signed.by,
        override_until_at=None if signed is None else arrival.admitted_at + answers.OVERRIDE_GOOD_FOR,
        **arrival.text,
    )


def _statements(content: Content, actor: Actor, at: datetime) -> Iterator[Statement[Any]]:
    values = content.values
    arrival, _ = answers.arrival_of(content, at)
    source = "reception"
    country = values.get("country", "")
    if country:
        yield Statement(NATIONALITY, Nationality(country=country), at, source=source)
    told = values.get("consulate", "")
    if country and told:
        word = Told(told)
        heard = None if word is Told.NOT_YET else at
        by = "" if word is Told.NOT_YET else actor.login
        consulate = Consulate(country=country, told=word, notified_at=heard, notified_by=by)
        yield Statement(CONSULATE, consulate, at, source=source)
    if values.get("language"):
        skill = LanguageSkill(
            language=str(LANGUAGES.get(values["language"], values["language"])),
            speaks=True,
            interpreter=values.get("interpreter") == "yes",
        )
        yield Statement(LANGUAGE_SKILL, skill, at, source=source)
    if arrival.kin is not None:
        yield Statement(CONTACT, arrival.kin, at, source=source)
    screening, _ = answers.screening_of(content, actor.login)
    if screening is not None:
        yield Statement(HEALTH_SCREENING, screening, arrival.admitted_at, source=source)
        if needs_nurse(screening):
            alert = Alert(type=AlertType.NURSE_FIRST, authorised_by=actor.login)
            yield Statement(ALERT, alert, arrival.admitted_at, source=source)
    elif values.get("health_not_asked"):
        alert = Alert(
            type=AlertType.NURSE_FIRST, authorised_by=actor.login, about=values["health_not_asked"][:300]
        )
        yield Statement(ALERT, alert, arrival.admitted_at, source=source)
    if answers.has_complained(content):
        alert = Alert(type=AlertType.ILL_TREATMENT, authorised_by=actor.login)
        yield Statement(ALERT, alert, arrival.admitted_at, source=source)


def _add_rest(
    session: Session,
    vault: Vault,
    content: Content,
    admitted: Admitted,
    ready: Ready,
    actor: Actor,
    at: datetime,
) -> None:
    items, _ = answers.property_of(content)
    if items:
        booking = session.scalars(select(Booking).where(Booking.number == admitted.booking_number)).one()
        signature = _signature(session, vault, content, booking, actor, at)
        take_in(session, booking, items, signature, actor=actor, at=at)
    if ready.photo is not None:
        add_photo(session, vault, admitted.person_id, ready.photo, taken_at=at, at=at, by=actor.login)
    language = content.values.get("language", "")
    if language in LANGUAGES:
        set_language(session, admitted.person_id, language, at=at, by=actor.login)


def _signature(
    session: Session, vault: Vault, content: Content, booking: Booking, actor: Actor, at: datetime
) -> Signature:
    """What was drawn on the screen becomes a picture in the person's file; else the words say where it is."""
    drawn = content.values.get("property_drawn", "")
    if not drawn:
        return Signature(Signed.PAPER, content.values["property_signed"])
    kept = keep_drawing(session, vault, booking, drawn, at=at, actor=actor)
    return Signature(Signed.DRAWN, content.values.get("property_signed", ""), kept)
