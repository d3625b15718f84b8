"""The pages of a release under way: the interlock, what is vouched for, the second officer, and the release itself."""

from __future__ import annotations

import secrets
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.accounts.second import second_officer
from hub.biometrics.enrolment import prepare_impression
from hub.biometrics.vault import Vault
from hub.custody.asked import person_asked_for
from hub.custody.legal import RELEASE_REASONS
from hub.reception.admitting.candidates import FINGER_OUTCOMES
from hub.reception.desk.answering import is_that_person
from hub.reception.desk.looks import Outcome, ask_look, cancel_looks
from hub.reception.releasing import showing
from hub.reception.releasing.actions import abandon, add_mark, begin, confirm, release, vouch
from hub.reception.releasing.reading import Case, case_of
from hub.reception.releasing.standing import ATTEST, FINGER
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("releasing", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = 6 * 1024 * 1024


@pages.page("/releases", Permission.CONFIRM_RELEASE)
def releases() -> str:
    with writing() as session:
        facts = showing.list_facts(session, now(), known_at())
        write_down(session, at=now(), actor=acting(), act="release.list")
    return render_template("releases.html", known=known_on(), **facts)


@pages.page("/people/<number>/release", Permission.RELEASE_PEOPLE)
def start(number: str) -> str:
    return _start_page(number, None)


@pages.page("/people/<number>/release", Permission.RELEASE_PEOPLE, methods=("POST",))
def start_now(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            person = person_asked_for(session, number)
            key = secrets.token_hex(16)
            row = begin(session, person, request.form.get("reason", ""), key=key, actor=acting(), at=now())
    except RefusedError as error:
        return _start_page(number, error.message), 409
    return redirect(url_for("releasing.case", key=row.key), 303)


@pages.page("/releases/<key>", Permission.CONFIRM_RELEASE)
def case(key: str) -> str:
    return _show(key, None)


@pages.page("/releases/<key>/desk", Permission.CONFIRM_RELEASE, watches=True)
def desk_state(key: str) -> str:
    """What the desk is doing, which the page asks for by itself."""
    with reading() as session:
        facts = showing.case_facts(session, _case(session, key))
    return render_template("admission_look.html", **facts)


@pages.page("/releases/<key>", Permission.RELEASE_PEOPLE, methods=("POST",), max_bytes=MAX_FORM_BYTES)
def act(key: str) -> Response | tuple[str, int]:
    form = request.form
    try:
        match form.get("act", ""):
            case "vouch":
                with writing() as session:
                    what, subject, note = (form.get(name, "") for name in ("what", "subject", "note"))
                    if what == ATTEST:
                        subject = visitor().login
                    vouch(session, _case(session, key).row, what, subject, note, actor=acting(), at=now())
            case "attest_second":
                _attest_second(key)
            case "desk":
                _ask_desk(key)
            case "finger":
                _check_image(key)
            case "second":
                _second_signs(key)
            case "abandon":
                with writing() as session:
                    row = _case(session, key).row
                    abandon(session, row, form.get("note", ""), actor=acting(), at=now())
                    cancel_looks(session, key, actor=acting(), at=now())
            case _:
                abort(400)
    except RefusedError as error:
        return _show(key, error.message), 409
    return redirect(url_for("releasing.case", key=key), 303)


@pages.page("/releases/<key>/sign", Permission.CONFIRM_RELEASE, methods=("POST",))
def sign(key: str) -> Response | tuple[str, int]:
    """The second officer at an own screen: attests who it is, or signs the whole."""
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            held = _case(session, key)
            if request.form.get("act") == "attest":
                note = request.form.get("note", "")
                vouch(session, held.row, ATTEST, visitor().login, note, actor=acting(), at=now())
            else:
                confirm(session, held, actor=acting(), at=now())
    except RefusedError as error:
        return _show(key, error.message), 409
    return redirect(url_for("releasing.case", key=key), 303)


@pages.page("/releases/<key>/release", Permission.RELEASE_PEOPLE, methods=("POST",))
def release_now(key: str) -> Response | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            row = _case(session, key).row
            record = release(session, service(Vault), row, actor=acting(), at=now())
            cancel_looks(session, key, actor=acting(), at=now())
    except RefusedError as error:
        return _show(key, error.message), 409
    return redirect(url_for("release_records.record", number=record.id), 303)


def _attest_second(key: str) -> None:
    note = request.form.get("note", "")
    officer = second_officer(Permission.CONFIRM_RELEASE, besides=())
    with writing() as session:
        vouch(session, _case(session, key).row, ATTEST, officer.login, note, actor=officer, at=now())


def _second_signs(key: str) -> None:
    with reading() as session:
        started_by = _case(session, key).row.started_by
    officer = second_officer(Permission.CONFIRM_RELEASE, besides=(started_by,))
    with writing() as session:
        confirm(session, _case(session, key), actor=officer, at=now())


def _ask_desk(key: str) -> None:
    with writing() as session:
        held = _case(session, key)
        ask_look(
            session,
            number_in(request.form.get("look_desk", "")),
            subject=held.row.key,
            person=held.person,
            position=number_in(request.form.get("look_finger", "")) or 2,
            name=secrets.token_hex(16),
            actor=acting(),
            at=now(),
        )


def _check_image(key: str) -> None:
    part = request.files.get("probe")
    raw = b"" if part is None else part.stream.read()
    if not raw:
        raise RefusedError("probe", Sentence("Choose an image of one finger first."))
    impression = prepare_impression(raw)
    with reading() as session:
        held = _case(session, key)
        answer = is_that_person(session, service(Vault), held.person.id, [impression])
    with writing() as session:
        if answer.outcome is not Outcome.SAME:
            number = held.person.number
            write_down(
                session, at=now(), actor=acting(), act=f"finger.{answer.outcome.value}", subject=number
            )
        else:
            add_mark(session, held.row, FINGER, "image", "", actor=acting(), at=now())
    if answer.outcome is not Outcome.SAME:
        raise RefusedError("not_same", FINGER_OUTCOMES[answer.outcome])


def _show(key: str, problem: Sentence | None) -> str:
    with writing() as session:
        held = _case(session, key)
        # A refused form shows the same as the page itself, so it is a look too.
        write_down(session, at=now(), actor=acting(), act="release.look", subject=held.person.number)
        facts = showing.case_facts(session, held)
    return render_template("release_case.html", problem=problem, typed=request.form, **facts)


def _start_page(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_asked_for(session, number)
        write_down(session, at=now(), actor=acting(), act="release.look", subject=person.number)
    return render_template(
        "release_start.html",
        person=person,
        problem=problem,
        reasons=RELEASE_REASONS,
        reason=request.form.get("reason", ""),
    )


def _case(session: Session, key: str) -> Case:
    held = case_of(session, key[:32], now())
    if held is None:
        abort(404)
    return held
