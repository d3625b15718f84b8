"""Fingers of officers: everybody's own page to agree and to take it back, and the page of whoever takes them."""

from __future__ import annotations

from typing import Final

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger, prepare_impression, warm_up_aside
from hub.biometrics.officers import (
    FEWEST_FINGERS,
    MOST_FINGERS,
    consent,
    enrol_officer,
    officer,
    officers,
    remove_officer,
)
from hub.biometrics.vault import Vault
from hub.biometrics.words import FINGERS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import Pages

pages = Pages("officer_fingers", __name__, template_folder="templates")

MAX_IMAGE_BYTES: Final = 2 * 1024 * 1024
MAX_FORM_BYTES: Final = MOST_FINGERS * MAX_IMAGE_BYTES + 64 * 1024
USUAL: Final = (2, 7, 3, 8)
"""What is asked for first: index and middle fingers of both hands."""


@pages.page("/my-fingers", Permission.SIGNED_IN)
def mine() -> str:
    return _mine(None)


@pages.page("/my-fingers", Permission.SIGNED_IN, methods=("POST",))
def say() -> Response | tuple[str, int]:
    """Agree, or take it back: then everything is deleted at once, whoever took the fingers."""
    try:
        with writing() as session:
            if request.form.get("act") == "agree":
                consent(session, visitor().login, actor=acting(), at=now())
            elif request.form.get("act") == "take_back":
                remove_officer(session, visitor().login, actor=acting(), at=now())
            else:
                abort(400)
    except RefusedError as error:
        return _mine(error.message), 400
    return redirect(url_for("officer_fingers.mine", done=request.form.get("act")), 303)


@pages.page("/officers/fingers", Permission.ENROL_OFFICERS)
def everybody() -> str:
    with reading() as session:
        found = officers(session)
    return render_template("officer_fingers.html", officers=found)


@pages.page("/officers/fingers/<login>", Permission.ENROL_OFFICERS)
def one(login: str) -> str:
    warm_up_aside()
    return _one(login, None)


@pages.page(
    "/officers/fingers/<login>", Permission.ENROL_OFFICERS, methods=("POST",), max_bytes=MAX_FORM_BYTES
)
def take(login: str) -> Response | tuple[str, int]:
    try:
        prepared = _prepared()
        search = service(DuplicateSearch)
        search.refresh()  # before the transaction: what is not read yet would be read inside it
        with writing() as session:
            enrol_officer(session, service(Vault), search, login, prepared, actor=acting(), at=now())
    except RefusedError as error:
        return _one(login, error.message), 400
    return redirect(url_for("officer_fingers.one", login=login, done=1), 303)


@pages.page("/officers/fingers/<login>/forget", Permission.ENROL_OFFICERS, methods=("POST",))
def forget(login: str) -> Response:
    with writing() as session:
        remove_officer(session, login, actor=acting(), at=now())
    return redirect(url_for("officer_fingers.everybody"), 303)


def _prepared() -> list[PreparedFinger]:
    """Every finger that was handed in, judged; RefusedError says which one to take again, and how."""
    found: list[PreparedFinger] = []
    for place in range(MOST_FINGERS):
        part = request.files.get(f"image_{place}")
        raw = b"" if part is None else part.stream.read()
        position = request.form.get(f"position_{place}", type=int)
        if not raw:
            continue
        if position not in FINGERS:
            raise RefusedError("finger", Sentence("Choose which finger each image is of."))
        found.append(PreparedFinger(position, (prepare_impression(raw),)))
    return found


def _mine(problem: Sentence | None) -> str:
    with reading() as session:
        held = officer(session, visitor().login)
    done = request.args.get("done", "")
    return render_template("my_fingers.html", held=held, problem=problem, done=done)


def _one(login: str, problem: Sentence | None) -> str:
    with reading() as session:
        held = officer(session, login)
    if held is None:
        abort(404)
    return render_template(
        "officer_finger.html",
        held=held,
        problem=problem,
        done=request.args.get("done") == "1",
        fingers=FINGERS,
        places=[(place, USUAL[place]) for place in range(MOST_FINGERS)],
        fewest=FEWEST_FINGERS,
        most_bytes=MAX_IMAGE_BYTES,
        own=login == visitor().login,
    )
