"""Whose fingers are to be taken again: the records officers' list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.actions import EnrolledFinger, fingers_of
from hub.biometrics.words import FINGERS
from hub.custody.queries import person_by_number
from hub.movements.re_enrolment import Task, Why, assign_task, close_task, open_task, open_tasks
from hub.reception.words import in_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.routes import Pages

pages = Pages("re_enrolment", __name__, template_folder="templates")

REASONS: Final = {
    Why.ATTESTED.value: Sentence("An officer had to vouch for the person"),
    Why.OFTEN_REFERRED.value: Sentence("The finger failed again and again"),
    Why.ASKED_FOR.value: Sentence("Asked for by hand"),
}


@dataclass(frozen=True)
class Line:
    """A task with what is enrolled of the person, and who opened it when."""

    task: Task
    fingers: list[EnrolledFinger]
    opened_at: datetime


@pages.page("/re-enrolment", Permission.RE_ENROL)
def tasks() -> str:
    return _show(None)


@pages.page("/re-enrolment/<int:task>", Permission.RE_ENROL, methods=("POST",))
def deal_with(task: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            if request.form.get("act") == "close":
                close_task(session, task, request.form.get("note", ""), actor=acting(), at=now())
            else:
                assign_task(session, task, actor=acting(), at=now())
    except RefusedError as error:
        return _show(error.message), 409
    return redirect(url_for("re_enrolment.tasks"), 303)


@pages.page("/people/<number>/re-enrol", Permission.RE_ENROL, methods=("POST",))
def ask(number: str) -> Response:
    with writing() as session:
        person = person_by_number(session, number)
        if person is None:
            abort(404)
        who = acting()
        open_task(session, person.id, Why.ASKED_FOR, at=now(), by=who.login)
        write_down(session, at=now(), actor=who, act="re_enrolment.ask", subject=person.number)
    return redirect(url_for("re_enrolment.tasks"), 303)


def _show(problem: Sentence | None) -> str:
    # The look is committed before anything is shown: no page without its line in the trail.
    with writing() as session:
        lines = _lines(session)
        write_down(session, at=now(), actor=acting(), act="re_enrolment.list", detail=f"{len(lines)} tasks")
    return render_template(
        "re_enrolment.html",
        lines=lines,
        problem=problem,
        reasons=REASONS,
        finger_words=FINGERS,
        in_words=in_words,
    )


def _lines(session: Session) -> list[Line]:
    return [
        Line(task, fingers_of(session, task.person.id), task.row.opened_at) for task in open_tasks(session)
    ]
