"""Standing procedures: on a person's file, and the list of all that are in force."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.biometrics.actions import fingers_of
from hub.custody.queries import person_by_number
from hub.custody.records import Person
from hub.movements import standing
from hub.movements.re_enrolment import close_task, task_of
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages

pages = Pages("standing", __name__, template_folder="templates")

FIRST_REVIEW: Final = timedelta(days=90)
"""What the form proposes."""


@pages.page("/standing", Permission.SEE_PEOPLE)
def procedures() -> str:
    with writing() as session:
        lines = standing.in_force(session)
        write_down(session, at=now(), actor=acting(), act="standing.list", detail=f"{len(lines)} in force")
    return render_template("standing_list.html", lines=lines, today=_today())


@pages.page("/people/<number>/standing", Permission.SEE_PEOPLE)
def procedure(number: str) -> str:
    return _show(number, None)


@pages.page("/people/<number>/standing", Permission.APPROVE_PROCEDURES, methods=("POST",))
def decide(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            person = person_by_number(session, number)
            if person is None:
                abort(404)
            _act(session, person, acting())
    except RefusedError as error:
        return _show(number, error.message), 400
    return redirect(url_for("standing.procedure", number=person.number), 303)


def _act(session: Session, person: Person, actor: Actor) -> None:
    form, at = request.form, now()
    match form.get("act"):
        case "set":
            standing.set_procedure(
                session,
                person,
                form.get("reason", ""),
                form.get("instead", ""),
                _review_on(),
                actor=actor,
                at=at,
            )
            task = task_of(session, person.id)
            if task is not None:
                close_task(session, task.id, "standing procedure", actor=actor, at=at)
        case "approve":
            standing.approve_second(session, person, actor=actor, at=at)
        case "review":
            standing.review(session, person, form.get("note", ""), _review_on(), actor=actor, at=at)
        case "end":
            standing.end_procedure(session, person, form.get("reason", ""), actor=actor, at=at)
        case _:
            abort(400)


def _show(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_by_number(session, number)
        if person is None:
            abort(404)
        write_down(session, at=now(), actor=acting(), act="standing.look", subject=person.number)
        present = standing.procedure_of(session, person.id)
        found = {
            "present": present,
            "reviews": [] if present is None else standing.reviews_of(session, present.id),
            "past": [row for row in standing.history_of(session, person.id) if row.ended_at is not None],
            "fingers": len(fingers_of(session, person.id)),
        }
    proposed = _today() + FIRST_REVIEW
    return render_template(
        "standing.html",
        person=person,
        problem=problem,
        typed=request.form,
        today=_today(),
        proposed=proposed,
        **found,
    )


def _review_on() -> date:
    try:
        return date.fromisoformat(request.form.get("review_on", ""))
    except ValueError:
        raise RefusedError("review_date", Sentence("Say when it is to be reviewed.")) from None


def _today() -> date:
    return now().astimezone(SITE_ZONE).date()
