"""Requests of agencies by finger and for fingers: the list, one request, fingers side by side, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.probes import shown_points
from hub.biometrics.vault import Vault
from hub.biometrics.words import FINGERS
from hub.custody.actions import open_booking_of
from hub.custody.records import Person
from hub.sentences import RefusedError
from hub.sharing.forensic import showing
from hub.sharing.forensic.answering import (
    answer_identified,
    answer_nobody,
    answer_unreadable,
    candidates_of,
    note_compared,
    outcome_of,
)
from hub.sharing.forensic.approving import approve_prints, refuse, wanted_fingers
from hub.sharing.forensic.clearing import clear_due
from hub.sharing.forensic.lists import agency_names, listed
from hub.sharing.forensic.records import ForensicRequest
from hub.sharing.forensic.rules import Ask, State, What, approvers
from hub.sharing.forensic.sealing import ParcelSeal
from hub.sharing.forensic.searching import approve_and_search
from hub.sharing.forensic.steps import add_step, standing, steps_of, words_of
from hub.sharing.forensic.words import FORMS, KINDS, OUTCOMES, STATES, STEPS
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("forensic", __name__, template_folder="templates")
WORDS: Final[dict[str, Any]] = {
    "kinds": KINDS,
    "states": STATES,
    "forms": FORMS,
    "step_words": STEPS,
    "outcomes": OUTCOMES,
    "fingers": FINGERS,
}


@pages.page("/identity", Permission.APPROVE_IDENTITY)
def requests() -> str:
    with writing() as session:
        clear_due(session, now())
        found = listed(session, now(), number_in(request.args.get("page", "1")))
        write_down(session, at=now(), actor=acting(), act="forensic.list", detail=f"{found.total} waiting")
    return render_template("forensic/list.html", found=found, at=now(), **WORDS)


@pages.page("/identity/<int:asked>", Permission.APPROVE_IDENTITY)
def one(asked: int) -> str:
    return _show(asked, None)


@pages.page("/identity/FR-<number>", Permission.APPROVE_IDENTITY)
def by_number(number: str) -> Redirect:
    """Who types the number that stands on the list comes to the request."""
    with reading() as session:
        wanted = select(ForensicRequest.id).where(ForensicRequest.number == f"FR-{number[:12]}")
        found = session.scalar(wanted)
    return _to_the_request(abort(404) if found is None else found)


@pages.page("/identity/<int:asked>", Permission.APPROVE_IDENTITY, methods=("POST",))
def decide(asked: int) -> Redirect | tuple[str, int]:
    act = request.form.get("act", "")
    try:
        if act == "search":
            approve_and_search(asked)
        else:
            with writing() as session:
                doing = _ACTS.get(act) or abort(400)
                doing(session, _row(session, asked))
    except RefusedError as error:
        return _show(asked, error), 409
    return redirect(url_for("forensic.one", asked=asked), 303)


@pages.page("/identity/<int:asked>/fingers", Permission.APPROVE_IDENTITY)
def fingers(asked: int) -> str | Redirect:
    """What would leave by a request for fingers, beside whose they are; for one that is over, the request itself."""
    with writing() as session:
        row = _row(session, asked)
        person = None if row.person_id is None else session.get(Person, row.person_id)
        open_to_look = standing(session, row, now()) in (State.WAITING, State.SECOND)
        if row.kind != Ask.PRINTS or person is None or not open_to_look:
            return _to_the_request(asked)
        found = wanted_fingers(session, service(Vault), row)
        add_step(session, row, What.LOOKED, actor=acting(), at=now(), subject=person.number)
        context = {**_context(session, row), "stay": open_booking_of(session, person.id)}
    return render_template("forensic/fingers.html", person=person, found=found, **context)


@pages.page("/identity/<int:asked>/compare/<int:rank>", Permission.APPROVE_IDENTITY)
def compare(asked: int, rank: int) -> str | Redirect:
    """The finger that was sent beside that of one candidate; once somebody has answered, the request itself."""
    with writing() as session:
        row = _row(session, asked)
        found = candidates_of(session, row)
        candidate = next((one for one in found if one.rank == rank), None)
        if candidate is None:
            return _to_the_request(asked)
        pair = showing.pair(session, service(Vault), service(ParcelSeal), row, candidate)
        note_compared(session, row, candidate, actor=acting(), at=now())
        context = _context(session, row)
    return render_template("forensic/compare.html", pair=pair, rank=rank, last=len(found), **context)


@pages.page("/identity/<int:asked>/sent.png", Permission.APPROVE_IDENTITY)
def sent(asked: int) -> Response:
    with writing() as session:
        row = _row(session, asked)
        raw = showing.sent_image(session, service(ParcelSeal), row)
        if raw is None:
            abort(404)
        _note_image(session, row.number, row)
    return _png(raw)


@pages.page("/identity/<int:asked>/finger-<int:finger>.png", Permission.APPROVE_IDENTITY)
def enrolled(asked: int, finger: int) -> Response:
    """An enrolled finger that this request is about, and no other."""
    with writing() as session:
        row = _row(session, asked)
        held = showing.enrolled_finger(session, service(Vault), row, finger)
        if held is None:
            abort(404)
        _note_image(session, session.get_one(Person, held.person_id).number, row)
    return _png(held.png)


def _to_the_request(asked: int) -> Redirect:
    return redirect(url_for("forensic.one", asked=asked), 303)


def _approve_prints(session: Session, row: ForensicRequest) -> None:
    approve_prints(session, service(Vault), service(ParcelSeal), row, actor=acting(), at=now())


def _refuse(session: Session, row: ForensicRequest) -> None:
    refuse(session, row, request.form.get("words", "")[:250], actor=acting(), at=now())


def _identified(session: Session, row: ForensicRequest) -> None:
    answer_identified(session, row, number_in(request.form.get("rank", "")), actor=acting(), at=now())


def _nobody(session: Session, row: ForensicRequest) -> None:
    answer_nobody(session, row, actor=acting(), at=now())


def _unreadable(session: Session, row: ForensicRequest) -> None:
    answer_unreadable(session, row, request.form.get("words", "")[:250], actor=acting(), at=now())


_ACTS: Final[dict[str, Callable[[Session, ForensicRequest], None]]] = {
    "approve": _approve_prints,
    "refuse": _refuse,
    "identified": _identified,
    "nobody": _nobody,
    "unreadable": _unreadable,
}


def _show(asked: int, problem: RefusedError | None) -> str:
    with writing() as session:
        clear_due(session, now())
        row = _row(session, asked)
        person = None if row.person_id is None else session.get(Person, row.person_id)
        subject = row.number if person is None else person.number
        write_down(session, at=now(), actor=acting(), act="forensic.look", subject=subject, detail=row.number)
        context = _context(session, row)
        found = showing.beside(session, row)
        points = showing.sent_points(session, service(ParcelSeal), row)
    drawn = None if points is None else shown_points(points)
    return render_template(
        "forensic/one.html", person=person, candidates=found, drawn=drawn, problem=problem, **context
    )


def _context(session: Session, row: ForensicRequest) -> dict[str, Any]:
    steps = steps_of(session, row.id)
    state = standing(session, row, now())
    return {
        **WORDS,
        "row": row,
        "state": state,
        "steps": steps,
        "told": words_of(session, row.id),
        "agency": agency_names(session).get(row.agency, row.agency),
        "outcome": outcome_of(session, row),
        "approved_by": approvers(steps),
        "mine": visitor().login,
        "open": state in (State.WAITING, State.SECOND),
        "positions": [int(one) for one in row.positions.split()],
        "at": now(),
    }


def _row(session: Session, asked: int) -> ForensicRequest:
    return session.get(ForensicRequest, asked) or abort(404)


def _note_image(session: Session, subject: str, row: ForensicRequest) -> None:
    write_down(session, at=now(), actor=acting(), act="forensic.image", subject=subject, detail=row.number)


def _png(raw: bytes) -> Response:
    answer = Response(raw, mimetype="image/png")
    answer.headers["Cache-Control"] = "no-store"
    return answer
