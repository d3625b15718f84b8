"""Pages of fingers taken at a desk: ask for them, watch how it goes, decide what a person must decide."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.actions import fingers_of
from hub.biometrics.words import FINGERS
from hub.custody.asked import person_asked_for
from hub.custody.records import Person
from hub.movements.re_enrolment import task_of
from hub.reception.desk import asking
from hub.reception.desk.asking import TaskLine
from hub.reception.desk.records import FingerFinding, FingerTask
from hub.reception.desk.rules import (
    AT_DESK,
    FINDINGS,
    FIRST_POSITIONS,
    REASONS,
    STATUSES,
    UNUSABLE,
    WAITS_FOR_PERSON,
    Reason,
    Status,
    read,
)
from hub.reception.words import in_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in
from wire.enrolment import Stage

pages = Pages("desk", __name__, template_folder="templates")

STAGES = {
    Stage.WAITING: Sentence("not begun yet"),
    Stage.CAPTURING: Sentence("fingers are being taken"),
    Stage.FINISHED: Sentence("finished, on its way here"),
}


@dataclass(frozen=True)
class FingerLine:
    """One finger of a task: what became of it, in words."""

    position: int
    now: bool
    finding: FingerFinding | None


@pages.page("/fingers", Permission.ADMIT_PEOPLE)
def tasks() -> str:
    # The look is committed before anything is shown: no page without its line in the trail.
    with writing() as session:
        found = asking.recent_tasks(session)
        write_down(session, at=now(), actor=acting(), act="fingers.list", detail=f"{len(found)} tasks")
    return render_template(
        "desk_tasks.html",
        lines=found,
        statuses=STATUSES,
        stages=STAGES,
        reasons=REASONS,
        in_words=in_words,
        waits=WAITS_FOR_PERSON,
    )


@pages.page("/people/<number>/fingers", Permission.ADMIT_PEOPLE)
def take(number: str) -> str:
    with writing() as session:
        person = person_asked_for(session, number)
        write_down(session, at=now(), actor=acting(), act="fingers.look", subject=person.number)
    return _ask(person, None, [], 0)


@pages.page("/people/<number>/fingers", Permission.ADMIT_PEOPLE, methods=("POST",))
def take_now(number: str) -> Response | tuple[str, int]:
    chosen = [number_in(one) for one in request.form.getlist("fingers") if number_in(one)]
    desk = number_in(request.form.get("desk", ""))
    reason = request.form.get("reason", "")
    with reading() as session:
        person = person_asked_for(session, number)
    try:
        with writing() as session:
            task = asking.take_fingers(
                session,
                session.get_one(Person, person.id),
                desk,
                chosen,
                Reason(reason) if reason in Reason._value2member_map_ else Reason.MORE,
                name=secrets.token_hex(16),
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _ask(person, error.message, chosen, desk), 409
    return redirect(url_for("desk.task", name=task.task), 303)


@pages.page("/fingers/<name>", Permission.ADMIT_PEOPLE)
def task(name: str) -> str:
    with writing() as session:
        line = _line(session, name)
        write_down(session, at=now(), actor=acting(), act="fingers.look", subject=line.person.number)
        facts = _facts(session, line)
    return render_template("desk_task.html", **facts)


@pages.page("/fingers/<name>/state", Permission.ADMIT_PEOPLE, watches=True)
def task_state(name: str) -> str:
    """The changing part, which the page that was looked at asks for by itself."""
    with reading() as session:
        facts = _facts(session, _line(session, name))
    return render_template("desk_task_state.html", **facts)


@pages.page("/fingers/<name>", Permission.ADMIT_PEOPLE, methods=("POST",))
def decide(name: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _decide(session, _line(session, name).row)
    except RefusedError as error:
        with reading() as session:
            facts = _facts(session, _line(session, name))
        return render_template("desk_task.html", problem=error.message, **facts), 409
    return redirect(url_for("desk.task", name=name), 303)


def _decide(session: Session, row: FingerTask) -> None:
    act, who, at = request.form.get("act", ""), acting(), now()
    if act == "cancel":
        asking.cancel(session, row, actor=who, at=at)
    elif act == "others":
        asking.store_the_others(session, row, actor=who, at=at)
    elif act == "aside":
        asking.set_aside(session, row, request.form.get("note", ""), actor=who, at=at)
    else:
        abort(400)


def _ask(person: Person, problem: Sentence | None, chosen: list[int], desk: int) -> str:
    with reading() as session:
        desks = asking.desks(session)
        waiting = asking.waiting_of(session, person.id)
        enrolled = {one.position: one for one in fingers_of(session, person.id)}
        unusable = {one.position: one for one in reversed(asking.unusable_of(session, person.id))}
        again = task_of(session, person.id) is not None
    return render_template(
        "desk_take.html",
        person=person,
        problem=problem,
        desks=desks,
        desk=desk or (desks[0].terminal_id if desks else 0),
        waiting=waiting,
        enrolled=enrolled,
        unusable=unusable,
        chosen=chosen or FIRST_POSITIONS,
        reasons=REASONS,
        reason=Reason.AGAIN if again else Reason.MORE if enrolled else Reason.ADMISSION,
        fingers=FINGERS,
        unusable_words=UNUSABLE,
        in_words=in_words,
    )


def _facts(session: Session, line: TaskLine) -> dict[str, object]:
    found = asking.findings_of(session, line.row.id)
    at_desk = line.row.status == Status.OPEN
    return {
        "line": line,
        "fingers": [
            FingerLine(position, at_desk and position == line.row.now_position, found.get(position))
            for position in read(line.row.positions)
        ],
        "finger_words": FINGERS,
        "findings": FINDINGS,
        "statuses": STATUSES,
        "stages": STAGES,
        "reasons": REASONS,
        "in_words": in_words,
        "events": asking.events_of(session, line.row.id),
        "waits": line.row.status in WAITS_FOR_PERSON,
        "is_open": line.row.status in AT_DESK,
        "undecided": line.row.status == Status.UNDECIDED,
    }


def _line(session: Session, name: str) -> TaskLine:
    line = asking.find_task(session, name)
    if line is None:
        abort(404)
    return line
