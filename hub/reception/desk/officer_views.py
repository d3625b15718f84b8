"""The page on which an officer's fingers are asked of a desk, and that says what became of them."""

from __future__ import annotations

import secrets

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.biometrics.officers import MOST_FINGERS, officer
from hub.biometrics.words import FINGERS
from hub.reception.desk import officer_tasks
from hub.reception.desk.asking import desks
from hub.reception.desk.officer_work import OUTCOMES
from hub.reception.desk.rules import STATUSES, Status, read
from hub.reception.desk.views import STAGES
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, visitor, writing
from hub.web.routes import Pages, number_in
from wire.enrolment import Stage

pages = Pages("officer_desk", __name__, template_folder="templates")

USUAL = (2, 7)
"""Both index fingers."""


@pages.page("/officers/fingers/<login>/desk", Permission.ENROL_OFFICERS)
def ask(login: str) -> str:
    return _show(login, None)


@pages.page("/officers/fingers/<login>/desk/state", Permission.ENROL_OFFICERS, watches=True)
def state(login: str) -> str:
    """The part that asks for itself again."""
    with reading() as session:
        facts = _task_facts(session, login)
    return render_template("officer_desk_state.html", login=login, **facts)


@pages.page("/officers/fingers/<login>/desk", Permission.ENROL_OFFICERS, methods=("POST",))
def ask_now(login: str) -> Response | tuple[str, int]:
    chosen = [number_in(one) for one in request.form.getlist("fingers") if number_in(one)]
    try:
        with writing() as session:
            if request.form.get("act") == "cancel":
                _cancel(session, login)
            else:
                officer_tasks.ask_officer(
                    session,
                    login,
                    number_in(request.form.get("desk", "")),
                    chosen,
                    name=secrets.token_hex(16),
                    actor=acting(),
                    at=now(),
                )
    except RefusedError as error:
        return _show(login, error.message, chosen), 409
    return redirect(url_for("officer_desk.ask", login=login), 303)


def _cancel(session: Session, login: str) -> None:
    found = officer_tasks.last_task(session, login)
    if found is None:
        abort(404)
    officer_tasks.cancel_officer(session, found[0], actor=acting(), at=now())


def _show(login: str, problem: Sentence | None, chosen: list[int] | None = None) -> str:
    with reading() as session:
        held, known = officer(session, login), desks(session)
        facts = _task_facts(session, login)
    if held is None:
        abort(404)
    return render_template(
        "officer_desk.html",
        login=login,
        held=held,
        desks=known,
        desk=number_in(request.form.get("desk", "")),
        chosen=chosen or USUAL,
        fingers=FINGERS,
        most=MOST_FINGERS,
        own=login == visitor().login,
        problem=problem,
        **facts,
    )


def _task_facts(session: Session, login: str) -> dict[str, object]:
    found = officer_tasks.last_task(session, login)
    if found is None:
        return {"task": None}
    task, terminal = found
    refused = OUTCOMES.get(task.outcome, OUTCOMES["image_quality"])
    return {
        "task": task,
        "terminal": terminal,
        "status": STATUSES[Status(task.status)],
        "stage": STAGES[Stage(task.stage)],
        "why": refused if task.status == Status.REFUSED else None,
        "of": len(read(task.positions)),
        "is_open": task.status == Status.OPEN,
        "goes_on": task.status in (Status.OPEN, Status.RECEIVED),
    }
