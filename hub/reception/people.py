"""Finding people, and the file of one of them. Each look is written down."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.biometrics.actions import EnrolledFinger, fingers_of
from hub.biometrics.photos import people_with_photo
from hub.custody.actions import open_booking_of
from hub.custody.languages import LANGUAGES, languages_of, set_language
from hub.custody.queries import home_zone_of, orders_of, person_by_number
from hub.custody.records import Person
from hub.movements.actions import zones_of
from hub.movements.re_enrolment import task_of
from hub.movements.standing import procedure_of
from hub.reception.desk.asking import unusable_of
from hub.reception.desk.rules import UNUSABLE
from hub.reception.lines import zone_names
from hub.reception.whereabouts import trail_today, whereabouts
from hub.reception.words import DECISIONS, FINGERS, ORDER_KINDS, RULES, SEXES, SOURCES, in_words
from hub.web.door import now, visitor, writing
from hub.web.routes import Pages

pages = Pages("people", __name__, template_folder="templates")

@pages.page("/people/<number>", Permission.SEE_PEOPLE)
def file(number: str) -> str:
    # The look is committed before anything is shown: no page without its line in the trail.
    with writing() as session:
        person = person_by_number(session, number)
        if person is None:
            abort(404)
        write_down(session, at=now(), actor=_actor(), act="person.look", subject=person.number)
        found = _facts(session, person)
    return render_template(
        "person.html",
        person=person,
        decisions=DECISIONS,
        rules=RULES,
        sources=SOURCES,
        in_words=in_words,
        finger_words=FINGERS,
        sexes=SEXES,
        order_kinds=ORDER_KINDS,
        just_admitted=request.args.get("admitted") == "1",
        **found,
    )


@pages.page("/people/<number>/language", Permission.ADMIT_PEOPLE, methods=("POST",))
def language(number: str) -> Response:
    chosen = request.form.get("language", "")
    with writing() as session:
        person = person_by_number(session, number)
        if person is None or chosen not in LANGUAGES:
            abort(404)
        set_language(session, person.id, chosen, at=now(), by=visitor().login)
        write_down(session, at=now(), actor=_actor(), act="person.language", subject=person.number)
    return redirect(url_for("people.file", number=person.number), 303)


def _actor() -> Actor:
    who = visitor()
    return Actor(who.login, who.address)


def _facts(session: Session, person: Person) -> dict[str, object]:
    booking = open_booking_of(session, person.id)
    fingers: list[EnrolledFinger] = fingers_of(session, person.id)
    return {
        "booking": booking,
        "spoken": languages_of(session, [person.id]).get(person.id),
        "spoken_languages": LANGUAGES,
        "orders": orders_of(session, booking.id) if booking else [],
        "home": home_zone_of(session, booking.id) if booking else None,
        "zones": zones_of(session, [person.id]).get(person.id, []),
        "zone_names": zone_names(session),
        "fingers": fingers,
        "unusable": unusable_of(session, person.id)[:10],
        "unusable_words": UNUSABLE,
        "has_photo": bool(people_with_photo(session, [person.id])),
        "procedure": procedure_of(session, person.id),
        "new_fingers": task_of(session, person.id),
        "place": whereabouts(session, person.id, now()),
        "trail": trail_today(session, person.number, now()),
    }
