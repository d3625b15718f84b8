"""Visits: whom somebody wants to see, what was booked, what came of it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.actions import open_booking_of
from hub.custody.life import visits
from hub.custody.life.visitors import find_visitors, register_visitor, visitors
from hub.custody.life.visits import VISIT_KINDS, VISIT_OUTCOMES, MayVisit, Visit, VisitKind, VisitOutcome
from hub.custody.merging.reading import family_of
from hub.custody.records import Person
from hub.reception.file.subject import actor, person_of
from hub.reception.life import typed
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages, number_in

pages = Pages("visits", __name__, template_folder="templates")


@pages.page("/people/<number>/visits", Permission.RECORD_UNIT_LIFE)
def of_person(number: str) -> str:
    return _show(number, None)


@pages.page("/people/<number>/visits", Permission.RECORD_UNIT_LIFE, methods=("POST",))
def act(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _act(session, person_of(session, number))
    except RefusedError as error:
        return _show(number, error.message), 400
    return redirect(url_for("visits.of_person", number=number), 303)


def _act(session: Session, person: Person) -> None:
    form, at, who = request.form, now(), actor()
    match form.get("act"):
        case "register":
            _register(session, person)
        case "list":
            chosen = MayVisit(visitor=typed.text("visitor", 16).upper(), relation=typed.text("relation", 80))
            visits.allow_visitor(session, person, chosen, actor=who, at=at)
        case "book":
            _book(session, person)
        case "close":
            for held in visits.visits_of(session, family_of(session, person.id)):
                if held.item == number_in(form.get("item", "")):
                    outcome = typed.choice("outcome", VisitOutcome)
                    visits.close_visit(session, held, person, outcome, typed.text("reason"), actor=who, at=at)
                    return
            abort(400)
        case _:
            abort(400)


def _register(session: Session, person: Person) -> None:
    at, who = now(), actor()
    row = register_visitor(session, typed.visitor(), at.astimezone(SITE_ZONE).date(), actor=who, at=at)
    chosen = MayVisit(visitor=row.number, relation=typed.text("relation", 80))
    visits.allow_visitor(session, person, chosen, actor=who, at=at)


def _book(session: Session, person: Person) -> None:
    booking = open_booking_of(session, person.id)
    if booking is None:
        raise RefusedError("not_held", Sentence("The person is not held any more. Nothing can be booked."))
    when = typed.moment("visit_at")
    if when is None:
        raise RefusedError("no_time", Sentence("Write date and time, for example 2026-11-22 14:05."))
    wanted = Visit(
        visitors=tuple(dict.fromkeys(request.form.getlist("visitor"))),
        visit_at=when,
        sort=typed.choice("sort", VisitKind),
        minutes=typed.whole(request.form.get("minutes", ""), 30),
        place=typed.text("place", 80),
    )
    visits.book_visit(session, booking, person, wanted, actor=actor(), at=now())


def _show(number: str, problem: Sentence | None) -> str:
    day = now().astimezone(SITE_ZONE).date()
    search = request.args.get("find", "").strip()[:80]
    with writing() as session:
        person = person_of(session, number)
        write_down(session, at=now(), actor=actor(), act="visits.look", subject=person.number)
        family = family_of(session, person.id)
        listed = visits.visitors_of(session, family)
        past = visits.visits_of(session, family)
        numbers = {one.value.visitor for one in listed} | {
            each for one in past for each in one.value.visitors
        }
        known = {one.number: one for one in visitors(session, numbers)}
        found = find_visitors(session, search)[:20] if search else []
        held = open_booking_of(session, person.id) is not None
    return render_template(
        "life/visits.html",
        person=person,
        listed=[(one.value, known[one.value.visitor]) for one in listed if one.value.visitor in known],
        past=past,
        known=known,
        found=[one for one in found if one.number not in {each.value.visitor for each in listed}],
        search=search,
        held=held,
        day=day,
        kinds=VISIT_KINDS,
        outcomes=VISIT_OUTCOMES,
        problem=problem,
        typed=request.form,
        chosen=request.form.getlist("visitor"),
    )
