"""What the pages of an admission show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.biometrics.vault import Vault
from hub.biometrics.words import FINGERS
from hub.custody.actions import open_booking_of
from hub.custody.facts.reading import current
from hub.custody.languages import LANGUAGES
from hub.custody.legal import LEGAL_STATUSES, ORDER_KINDS, RELEASE_REASONS
from hub.custody.life.alerts import ALERT_TYPES, alerts_of
from hub.custody.queries import home_of
from hub.custody.records import Booking, Person
from hub.custody.stays import ADMISSION, Admission
from hub.custody.twins import name_twins
from hub.custody.who.countries import countries
from hub.custody.who.health import HEALTH_SCREENING
from hub.custody.who.origin import TOLD
from hub.movements.cells.fitting import Fit
from hub.movements.cells.reading import cell_of
from hub.movements.cells.rules import Grade
from hub.movements.records import Zone
from hub.movements.site.tree import choices as zones_to_choose
from hub.reception.admitting import answers
from hub.reception.admitting.candidates import FINGER_OUTCOMES, candidates, suspected_with
from hub.reception.admitting.content import HEALTH_QUESTIONS, PROPERTY_LINES, SLOTS, STEPS, Content, Step
from hub.reception.admitting.history import history
from hub.reception.admitting.keeping import Draft, image_counts, under_way
from hub.reception.admitting.looking_up import chosen, database_faults, fits, fitting_cells_exist
from hub.reception.desk.asking import desks, waiting_of
from hub.reception.desk.looks import LookStatus, look_of
from hub.reception.words import SEXES, in_words
from hub.sentences import Sentence
from hub.web.door import visitor
from hub.web.formats import SITE_ZONE
from hub.web.language import current_language

LOOK_STATUSES = {
    LookStatus.OPEN: Sentence("The desk is asked for one finger."),
    LookStatus.RECEIVED: Sentence("The finger is here and is being compared."),
    LookStatus.DONE: Sentence("Answered."),
    LookStatus.CANCELLED: Sentence("Taken back."),
    LookStatus.EXPIRED: Sentence("Nobody began in time. Ask again."),
}


@dataclass(frozen=True)
class Line:
    """A step in the list at the side: `state` is done, faulty or open."""

    step: Step
    words: Sentence
    state: str
    here: bool


@dataclass(frozen=True)
class Waiting:
    """An admission of the list: a name where one was typed, and how far it is."""

    draft: Draft
    surname: str
    given: str
    done: int


def list_facts(session: Session, vault: Vault) -> dict[str, Any]:
    """Admissions under way."""
    found = []
    for draft in under_way(session, vault):
        values = draft.content.values
        surname = values.get("surname") or values.get("named_surname", "")
        given = values.get("given") or values.get("named_given", "")
        found.append(Waiting(draft, surname, given, len(draft.content.asked)))
    return {"waiting": found, "of": len(STEPS) - 1}


def step_facts(
    session: Session, draft: Draft, step: Step, *, mine: Content | None, at: datetime
) -> dict[str, Any]:
    """Everything one page needs; with `mine` the answers that were typed over somebody else's."""
    content = mine or draft.content
    faulty = _standing_faults(session, draft.content, at)
    common = {
        "draft": draft,
        "key": draft.row.key,
        "step": step,
        "values": content.values,
        "content": content,
        "lines": _lines(draft.content, step, faulty),
        "number_of": list(Step).index(step) + 1,
        "step_words": STEPS,
        "theirs": {} if mine is None else _differences(mine, draft.content, step),
        "in_words": in_words,
    }
    return common | _OF_STEP[step](session, draft, content, at)


def done_facts(session: Session, person: Person, at: datetime) -> dict[str, Any]:
    """After the admission: numbers, where to go now, what must be done first."""
    booking = open_booking_of(session, person.id)
    home = None if booking is None else home_of(session, booking.id)
    zone = None if home is None else session.scalar(select(Zone.name).where(Zone.code == home.zone))
    cell = None if home is None else cell_of(session, home.cell)
    return {
        "person": person,
        "booking": booking,
        "zone": zone,
        "cell": cell,
        "without_order": _received_without(session, booking),
        "alerts": [
            ALERT_TYPES[one.value.type] for one in alerts_of(session, [person.id], at).get(person.id, [])
        ],
        "tasks": waiting_of(session, person.id),
    }


def _received_without(session: Session, booking: Booking | None) -> Admission | None:
    """The admission when a second officer had to sign for it; None when an order was there."""
    held = (
        ()
        if booking is None
        else current(session, ADMISSION, person_id=booking.person_id, booking_id=booking.id)
    )
    return next((one.value for one in held if one.value.override), None)


def look_words() -> dict[str, Any]:
    """Words for a look at a desk."""
    return {"look_statuses": LOOK_STATUSES, "outcomes": FINGER_OUTCOMES, "in_words": in_words}


def _standing_faults(session: Session, content: Content, at: datetime) -> dict[Step, dict[str, Sentence]]:
    return {
        step: answers.faults_of(step, content, at) | database_faults(session, step, content, at)
        for step in STEPS
    }


def _lines(content: Content, here: Step, faulty: Mapping[Step, Mapping[str, Sentence]]) -> list[Line]:
    lines = []
    for step, words in STEPS.items():
        state = "open" if step not in content.asked else "faulty" if faulty[step] else "done"
        lines.append(Line(step, words, state, step is here))
    return lines


def _differences(mine: Content, theirs: Content, step: Step) -> dict[str, str]:
    """What they saved, where it is not what was typed here."""
    one, other = mine.of(step), theirs.of(step)
    return {name: other.get(name, "") for name in {*one, *other} if one.get(name, "") != other.get(name, "")}


def _order(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    ordered, _ = answers.order_of(content, at)
    return {
        "order_kinds": ORDER_KINDS,
        "statuses": LEGAL_STATUSES,
        "lacks": ordered.lacks if Step.ORDER in content.asked else {},
        "good_for_h": int(answers.OVERRIDE_GOOD_FOR.total_seconds() // 3600),
    }


def _known(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    found = candidates(session, content)
    return {
        "candidates": found,
        "suspected": suspected_with(session, chosen(session, content), found),
        "desks": desks(session),
        "look": look_of(session, draft.row.key),
        "fingers": FINGERS,
        "release_reasons": RELEASE_REASONS,
        "sexes": SEXES,
        **look_words(),
    }


def _who(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    identity, _ = answers.identity_of(content, at)
    person = chosen(session, content)
    twins = []
    if identity.surname:
        twins = name_twins(
            session,
            0 if person is None else person.id,
            surname=identity.surname,
            given=identity.given,
            born_on=identity.born_on,
        )
    return {
        "sexes": SEXES,
        "languages": LANGUAGES,
        "countries": countries(current_language()),
        "told": TOLD,
        "person": person,
        "twins": twins,
        "name_differs": answers.name_differs(content) and Step.WHO in content.asked,
    }


def _arrival(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    return {"languages": LANGUAGES}


def _health(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    words = {field.name: field.label for field in HEALTH_SCREENING.fields}
    words["injuries_told"] = words["injuries"]
    return {
        "questions": HEALTH_QUESTIONS,
        "words": words,
        "sealed": Step.HEALTH in content.asked and not visitor().may(Permission.SEE_HEALTH),
    }


def _property(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    return {"rows": range(PROPERTY_LINES)}


def _fingers(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    at_hand = desks(session)
    online = next((str(one.terminal_id) for one in at_hand if one.online), "")
    fresh = Step.FINGERS not in content.asked
    return {
        "desks": at_hand,
        "values": {"desk": online} | content.values if fresh and online else content.values,
        "fingers": FINGERS,
        "slots": SLOTS,
        "images": image_counts(session, draft),
    }


def _cell(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    found = fits(session, content, at)
    return {
        "fits": found,
        "values": _with_proposed_cell(content, found),
        "zones": zones_to_choose(session),
        "grades": Grade,
        "has_cells": fitting_cells_exist(session),
    }


def _with_proposed_cell(content: Content, found: Sequence[Fit]) -> dict[str, str]:
    """The first cell of those that fit is marked for whoever has not chosen yet; nothing is kept before it is saved."""
    if Step.CELL in content.asked or not found or found[0].grade is not None:
        return content.values
    return {"cell": found[0].cell.code} | content.values


def _summary(session: Session, draft: Draft, content: Content, at: datetime) -> dict[str, Any]:
    faulty = _standing_faults(session, content, at)
    identity, _ = answers.identity_of(content, at)
    items, _ = answers.property_of(content)
    cell = cell_of(session, content.values.get("cell", ""))
    return {
        "missing": [(step, fault) for step, faults in faulty.items() for fault in faults.values()],
        "identity": identity,
        "born_today": at.astimezone(SITE_ZONE).date(),
        "ordered": answers.order_of(content, at)[0],
        "arrival": answers.arrival_of(content, at)[0],
        "items": items,
        "cell": cell,
        "zones": {zone.code: zone.name for zone in zones_to_choose(session)},
        "images": image_counts(session, draft),
        "desk": next(
            (one for one in desks(session) if str(one.terminal_id) == content.values.get("desk")), None
        ),
        "statuses": LEGAL_STATUSES,
        "order_kinds": ORDER_KINDS,
        "sexes": SEXES,
        "history": history(session, draft.row),
        "person": chosen(session, content),
    }


_OF_STEP = {
    Step.ORDER: _order,
    Step.KNOWN: _known,
    Step.WHO: _who,
    Step.ARRIVAL: _arrival,
    Step.HEALTH: _health,
    Step.PROPERTY: _property,
    Step.FINGERS: _fingers,
    Step.CELL: _cell,
    Step.SUMMARY: _summary,
}
