"""Who is out, who is to go, on whose word; convoys; and the sheet that goes along."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.absence import Why
from hub.custody.queries import in_custody, person_by_number
from hub.custody.records import Person
from hub.movements import typed_moves as typed
from hub.movements.external.authorising import Trip, Wish, ask, call_off, go_once, name_escort
from hub.movements.external.knowing import arrival_places, what_to_know
from hub.movements.external.leaving import Seen, come_back, expect_later, gate_zone, leave
from hub.movements.external.reading import (
    away,
    convoys,
    going_with,
    goings,
    waiting_consents,
)
from hub.movements.external.rules import ORDERED
from hub.movements.external.steps import AUTHORISATION, OCCURRENCE, steps_of
from hub.movements.external.words import words
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages

pages = Pages("external", __name__, template_folder="templates")


@pages.page("/external", Permission.SEE_MOVES)
def trips() -> str:
    return list_page(None)


@pages.page("/external/new", Permission.PLAN_MOVES)
def new() -> str:
    return _form(None)


@pages.page("/external/new", Permission.PLAN_MOVES, methods=("POST",))
def ask_for() -> Response | tuple[str, int]:
    """Once with its times, or for every week; what has to be approved waits for that."""
    try:
        with writing() as session:
            person = person_by_number(session, typed.text("person", 16))
            if person is None:
                raise RefusedError(
                    "no_person", Sentence("There is no person with this number. Check it on the file.")
                )
            if request.form.get("again") == "1":
                number = ask(session, _weekly(person.id), actor=acting(), at=now())
                return redirect(url_for("external_consents.consent", number=number), 303)
            leave_at, back_at = typed.moment("leave_at"), typed.moment("due_back_at")
            going = go_once(
                session,
                _once(person.id, leave_at, back_at),
                _trip(leave_at, back_at),
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _form(error.message), 409
    return redirect(url_for("external.trip", number=going), 303)


@pages.page("/external/<int:number>", Permission.SEE_MOVES)
def trip(number: int) -> str:
    return _show(number, None)


@pages.page("/external/<int:number>", Permission.PLAN_MOVES, methods=("POST",))
def change(number: int) -> Response | tuple[str, int]:
    act = request.form.get("act")
    try:
        with writing() as session:
            if act == "leave":
                leave(session, number, Seen(typed.moment("at")), actor=acting(), at=now())
            elif act == "back":
                zone = typed.zone_if_any("zone", load(session))
                note = typed.text("note")
                come_back(
                    session,
                    number,
                    Seen(typed.moment("at")),
                    zone_id=zone,
                    note=note,
                    actor=acting(),
                    at=now(),
                )
            elif act == "later":
                until = typed.moment("due_back_at")
                expect_later(session, number, until, typed.text("reason"), actor=acting(), at=now())
            elif act == "escort":
                escort, papers = typed.text("escort", 120), typed.text("papers", 200)
                name_escort(session, number, escort, papers, actor=acting(), at=now())
            elif act == "off":
                call_off(session, number, typed.text("reason"), actor=acting(), at=now())
            else:
                raise RefusedError("no_choice", Sentence("Choose one of what is listed."))
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("external.trip", number=number), 303)


def _weekly(person_id: int) -> Wish:
    return Wish(
        person_id=person_id,
        why=typed.choice("why", Why),
        where_to=typed.text("where_to", 120),
        reference=typed.text("reference", 120),
        from_on=typed.day(typed.text("from_on", 10)),
        until_on=typed.day(typed.text("until_on", 10)),
        conditions=typed.text("conditions", 200),
        weekdays=typed.weekdays() or frozenset({-1}),
        leave_s=typed.seconds_of_day("leave_s"),
        back_s=typed.seconds_of_day("back_s"),
    )


def _once(person_id: int, leave_at: datetime, back_at: datetime) -> Wish:
    return Wish(
        person_id=person_id,
        why=typed.choice("why", Why),
        where_to=typed.text("where_to", 120),
        reference=typed.text("reference", 120),
        from_on=leave_at.astimezone(SITE_ZONE).date(),
        until_on=max(leave_at, back_at).astimezone(SITE_ZONE).date(),
        conditions=typed.text("conditions", 200),
    )


def _trip(leave_at: datetime, back_at: datetime) -> Trip:
    return Trip(leave_at, back_at, typed.text("escort", 120), typed.text("papers", 200))


def gate_code(session: Session) -> str:
    """Where one comes in from outside, by code; empty where the site has no outside."""
    gate = gate_zone(session)
    return "" if gate is None else load(session).zone(gate).code


def list_page(problem: Sentence | None) -> str:
    """Everybody who is out or is to go."""
    with writing() as session:
        at = now()
        held = goings(session, at)
        past = goings(session, at, since_at=at - timedelta(hours=24))
        out = away(session, at)
        shown: dict[str, Any] = {
            "convoys": convoys(session, at),
            "consents": waiting_consents(session, at),
            "held": in_custody(session),
        }
        write_down(session, at=at, actor=acting(), act="external.look", detail=f"{len(out)} out")
        by_file = [one for one in out.values() if one.occurrence_id is None]
        rows = select(Person).where(Person.id.in_([one.person_id for one in by_file]))
        people = {person.id: person for person in session.scalars(rows)}
    return render_template(
        "external.html",
        out=[one for one in held if one.is_out],
        going=[one for one in held if not one.is_out],
        past=past,
        by_file=[(one, people[one.person_id]) for one in by_file],
        away=len(out),
        at=at,
        typed=request.form,
        ticked=request.form.getlist("trip"),
        problem=problem,
        **shown,
        **words(),
    )


def _form(problem: Sentence | None) -> str:
    at = now()
    return render_template(
        "external_new.html",
        typed=request.form or request.args,
        weekdays=typed.WEEKDAYS,
        ordered=ORDERED,
        today=at.astimezone(SITE_ZONE).date(),
        defaults={"leave_at": typed.local(at), "due_back_at": typed.local(at + timedelta(hours=4))},
        problem=problem,
        **words(),
    )


def _show(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        found = going_with(session, number, now())
        if found is None:
            abort(404)
        write_down(
            session, at=now(), actor=acting(), act="absence.look", subject=found.number, detail=f"{number}"
        )
        steps = [
            *steps_of(session, AUTHORISATION, found.authorisation_id),
            *steps_of(session, OCCURRENCE, number),
        ]
        shown = {
            "places": arrival_places(session, found),
            "gate": gate_code(session) if found.why is not Why.TRANSFER else "",
            "known": what_to_know(session, found),
        }
    return render_template(
        "external_one.html",
        one=found,
        steps=sorted(steps, key=lambda step: (step.at, step.id)),
        local=typed.local,
        at=now(),
        typed=request.form,
        problem=problem,
        **shown,
        **words(),
    )
