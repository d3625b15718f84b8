"""Complaints: taking one, those that wait, and the answer. Confidential ones only for those who may hear them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import FactFaultsError
from hub.custody.facts.reading import Held
from hub.custody.life import complaints
from hub.custody.life.complaints import ANSWER_WITHIN_DAYS, CHANNELS, UPHELD, Channel, Complaint, Upheld
from hub.custody.merging.reading import family_of
from hub.custody.records import Person
from hub.custody.then import named
from hub.reception.file.subject import actor, person_of
from hub.reception.life import typed
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.routes import Pages

pages = Pages("complaints", __name__, template_folder="templates")


@pages.page("/complaints", Permission.SEE_PEOPLE)
def waiting() -> str:
    return _list(confidential=False)


@pages.page("/complaints/confidential", Permission.HEAR_CONFIDENTIAL)
def confidential() -> str:
    return _list(confidential=True)


@pages.page("/people/<number>/complaint", Permission.RECORD_UNIT_LIFE)
def form(number: str) -> str:
    return _form(number, None)


@pages.page("/people/<number>/complaint", Permission.RECORD_UNIT_LIFE, methods=("POST",))
def take(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            person = person_of(session, number)
            said = Complaint(
                about=typed.text("about", 120),
                said=typed.text("said", 2_000),
                channel=typed.choice("channel", Channel),
                due_on=typed.day("due_on") or _today() + timedelta(days=ANSWER_WITHIN_DAYS),
            )
            hidden = request.form.get("confidential") == "1"
            complaints.take_complaint(session, person, said, confidential=hidden, actor=actor(), at=now())
    except FactFaultsError as error:
        return _form(number, next(iter(error.faults.values()))), 400
    except RefusedError as error:
        return _form(number, error.message), 400
    return redirect(url_for("complaints.form", number=number, taken=1), 303)


@pages.page("/people/<number>/complaints/<int:item>", Permission.SEE_PEOPLE)
def complaint(number: str, item: int) -> str:
    return _show(number, item, None, hidden=False)


@pages.page("/people/<number>/complaints/<int:item>", Permission.DECIDE_SANCTIONS, methods=("POST",))
def answer(number: str, item: int) -> Response | tuple[str, int]:
    return _answer(number, item, hidden=False)


@pages.page("/people/<number>/confidential/<int:item>", Permission.HEAR_CONFIDENTIAL)
def confidential_one(number: str, item: int) -> str:
    return _show(number, item, None, hidden=True)


@pages.page("/people/<number>/confidential/<int:item>", Permission.HEAR_CONFIDENTIAL, methods=("POST",))
def answer_confidential(number: str, item: int) -> Response | tuple[str, int]:
    return _answer(number, item, hidden=True)


def _answer(number: str, item: int, *, hidden: bool) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            held = _held(session, person_of(session, number), item, hidden=hidden)
            complaints.answer_complaint(
                session,
                held,
                typed.choice("outcome", Upheld),
                typed.text("answer", 2_000),
                handed_to=typed.text("handed_to", 120),
                actor=actor(),
                at=now(),
            )
    except RefusedError as error:
        return _show(number, item, error.message, hidden=hidden), 400
    where = "complaints.confidential_one" if hidden else "complaints.complaint"
    return redirect(url_for(where, number=number, item=item), 303)


def _list(*, confidential: bool) -> str:
    known = known_at()
    with writing() as session:
        found = complaints.open_complaints(session, confidential=confidential, known_at=known)
        people = named(session, {one.row.person_id for one in found}, known)
        act = "complaints.confidential" if confidential else "complaints.list"
        write_down(session, at=now(), actor=actor(), act=act, detail=f"{len(found)} open")
    return render_template(
        "life/complaints.html",
        found=found,
        people=people,
        today=known_on() or _today(),
        confidential=confidential,
        known=known_on(),
    )


def _form(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_of(session, number)
        write_down(session, at=now(), actor=actor(), act="complaint.form", subject=person.number)
    return render_template(
        "life/complaint_form.html",
        person=person,
        channels=CHANNELS,
        proposed=_today() + timedelta(days=ANSWER_WITHIN_DAYS),
        taken=request.args.get("taken") == "1",
        problem=problem,
        typed=request.form,
    )


def _show(number: str, item: int, problem: Sentence | None, *, hidden: bool) -> str:
    known = known_at()
    with writing() as session:
        person = person_of(session, number)
        held = _held(session, person, item, hidden=hidden, known=known)
        who = named(session, [person.id], known)[person.id]
        # Named apart: a report of uses, which others print, must not tell that there is a confidential one.
        act = "confidential.look" if hidden else "complaint.look"
        write_down(session, at=now(), actor=actor(), act=act, subject=person.number)
    return render_template(
        "life/complaint.html",
        person=who,
        known=known_on(),
        held=held,
        value=held.value,
        hidden=hidden,
        channels=CHANNELS,
        upheld=UPHELD,
        answers=known is None
        and visitor().may(Permission.HEAR_CONFIDENTIAL if hidden else Permission.DECIDE_SANCTIONS),
        today=known_on() or _today(),
        problem=problem,
        typed=request.form,
    )


def _held(
    session: Session, person: Person, item: int, *, hidden: bool, known: datetime | None = None
) -> Held[Complaint]:
    family = family_of(session, person.id, known)
    for held in complaints.complaints_of(session, family, confidential=hidden, known_at=known):
        if held.item == item:
            return held
    abort(404)


def _today() -> date:
    return now().astimezone(SITE_ZONE).date()
