"""Everything that the page of a file shows, gathered from one state of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.actions import fingers_of
from hub.biometrics.documents.actions import documents_of
from hub.biometrics.photos import ANGLES, Angle, photos_of
from hub.biometrics.words import FINGERS
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Kind
from hub.custody.facts.reading import read_once
from hub.custody.languages import LANGUAGES, languages_of
from hub.custody.stays import HOME
from hub.custody.twins import name_twins
from hub.custody.who.age import age_on, is_juvenile
from hub.custody.who.countries import HOME_COUNTRY
from hub.custody.who.health import OPERATIONAL_NEED
from hub.custody.who.naming import ALIAS
from hub.custody.who.origin import NATIONALITY
from hub.custody.who.rules_7_and_8 import missing, required
from hub.movements.permitting import zones_of
from hub.movements.re_enrolment import task_of
from hub.movements.standing import procedure_of
from hub.movements.whereabouts.showing import shown_place
from hub.movements.whereabouts.words import CONFIDENCES, DOUBTS, SOURCES
from hub.reception.desk.asking import unusable_of
from hub.reception.desk.rules import UNUSABLE
from hub.reception.file.papers import paper_lines
from hub.reception.file.sections import held_of, may_record, sections
from hub.reception.file.story import last_of, length, story, words_of
from hub.reception.file.subject import Look, actor, is_open, look
from hub.reception.lines import zone_names
from hub.reception.words import SEXES, in_words
from hub.sentences import Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.panels import Panel, Panels, Place, Subject

FIRST_LINES: Final = 25
"""Lines of the story that are shown at first: some years of most files."""


@dataclass(frozen=True)
class Shown:
    """A panel with what it shows."""

    name: str
    template: str
    facts: object


def show(number: str) -> str:
    """The file with this number as a page; the look is committed before anything is shown."""
    at = known_at()
    with reading() as session, read_once(session):
        seen = look(session, number, known_at=at, stay=request.args.get("stay", ""))
        found = {**_who(session, seen), **_now(session, seen), **_record(session, seen)}
        panels = _panels(session, seen)
    # A writer of its own: other writers need not wait while a file is gathered.
    with writing() as session:
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="person.look",
            subject=seen.asked.number,
            detail="" if at is None else f"as known on {known_on()}",
        )
    return render_template(
        "file.html",
        look=seen,
        person=seen.identity,
        number=seen.person.number,
        base=url_for("people.file", number=seen.asked.number),
        known_on=known_on(),
        today=now().astimezone(SITE_ZONE).date(),
        clocks=[panel for place, panel in panels if place is Place.CLOCK],
        bottom=[panel for place, panel in panels if place is Place.SECTION],
        in_words=in_words,
        sexes=SEXES,
        just_admitted=request.args.get("admitted") == "1",
        is_open=is_open,
        kind_words=words_of,
        **found,
    )


def _said_once(seen: Look, kind: Kind[Any]) -> list[Sentence]:
    """What holds of a kind in words: what both files of a merged one say is said once."""
    values = [held.value for held in held_of(seen, kind)]
    return [kind.say(value) for place, value in enumerate(values) if value not in values[:place]]


def _who(session: Session, seen: Look) -> dict[str, Any]:
    identity = seen.identity
    day = seen.at.astimezone(SITE_ZONE).date()
    nations = [held.value.country for held in held_of(seen, NATIONALITY)]
    photos = photos_of(session, seen.ids, known_at=seen.known_at)
    return {
        "age": None if identity.born_on is None else age_on(identity.born_on, day),
        "juvenile": is_juvenile(identity.born_on, day),
        "foreign": bool(nations) and HOME_COUNTRY not in nations,
        "nations": _said_once(seen, NATIONALITY),
        "aliases": _said_once(seen, ALIAS),
        "needs": [
            OPERATIONAL_NEED.say(held.value)
            for held in held_of(seen, OPERATIONAL_NEED)
            if held.value.until_on is None or held.value.until_on >= day
        ],
        "photos": photos,
        "face": next((line for line in photos if line.angle is Angle.FRONT), None),
        "angles": ANGLES,
        "numbers_by_id": {member.id: member.number for member in seen.family},
        "twins": name_twins(
            session,
            seen.person.id,
            surname=identity.surname,
            given=identity.given,
            born_on=identity.born_on,
            besides=seen.ids,
        ),
        "spoken": languages_of(session, [seen.person.id]).get(seen.person.id),
        "spoken_languages": LANGUAGES,
    }


def _now(session: Session, seen: Look) -> dict[str, Any]:
    """What terminals know; nothing for an earlier day, for which nobody kept it."""
    homes = held_of(seen, HOME)
    names = zone_names(session)
    today = seen.known_at is None
    person_id = seen.person.id
    return {
        "home": None
        if not homes
        else (homes[-1].value.cell or names.get(homes[-1].value.zone, homes[-1].value.zone)),
        "zones": [names.get(zone, zone) for zone in zones_of(session, [person_id]).get(person_id, [])]
        if today
        else [],
        "place": shown_place(session, person_id, seen.at) if today else None,
        "sources": SOURCES,
        "confidences": CONFIDENCES,
        "doubt_words": DOUBTS,
        "fingers": [finger for finger in fingers_of(session, person_id) if finger.enrolled_at <= seen.at],
        "finger_words": FINGERS,
        "unusable": unusable_of(session, person_id)[:10] if today else [],
        "unusable_words": UNUSABLE,
        "procedure": procedure_of(session, person_id) if today else None,
        "new_fingers": task_of(session, person_id) if today else None,
    }


def _record(session: Session, seen: Look) -> dict[str, Any]:
    whole = request.args.get("story") == "all"
    lines = story(seen.rows, at=seen.at, most=None if whole else FIRST_LINES)
    stay_id = None if seen.stay is None else seen.stay.id
    gaps = missing(seen.every, booking_id=stay_id, known_at=seen.known_at) if seen.stay else []
    wanted = required(seen.every, booking_id=stay_id, known_at=seen.known_at) if seen.stay else []
    own = last_of(seen.every, visitor().login)
    undoable = own is not None and own.kind in KINDS and may_take_back(seen, own.kind)
    return {
        "lines": lines,
        "more_lines": length(seen.rows) - len(lines),
        "gaps": gaps,
        "wanted": len(wanted),
        "fillable": {kind.name for kind in KINDS.values() if may_record(seen, kind)},
        "sections": sections(seen),
        "papers": paper_lines(seen, documents_of(session, seen.ids)),
        "own": own if undoable else None,
        "kinds": [kind for kind in KINDS.values() if may_record(seen, kind)],
        "sees_health": seen.may(Permission.SEE_HEALTH),
    }


def may_take_back(seen: Look, kind_name: str) -> bool:
    """Whether the visitor may take a row of this kind back by hand: not who somebody is, nor that they came in."""
    kind = KINDS.get(kind_name)
    return kind is not None and kind_name not in GUIDED and may_record(seen, kind)


GUIDED: Final = frozenset({"identity", "admission"})
"""Kinds without which there is no file or no stay: corrected, never taken back."""


def _panels(session: Session, seen: Look) -> list[tuple[Place, Shown]]:
    subject = Subject(
        person_id=seen.person.id,
        number=seen.person.number,
        person_ids=seen.ids,
        booking_id=None if seen.stay is None else seen.stay.id,
        at=seen.at,
        known_at=seen.known_at,
    )
    shown = []
    for panel in service(Panels).panels:
        facts = _facts_of(session, seen, panel, subject)
        if facts is not None:
            shown.append((panel.place, Shown(panel.name, panel.template, facts)))
    return shown


def _facts_of(session: Session, seen: Look, panel: Panel, subject: Subject) -> object:
    return panel.facts(session, subject) if seen.may(panel.permission) else None
