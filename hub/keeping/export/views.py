"""The pages of exports: asking for the whole register, signing as the second person, and fetching it once."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from flask import Response as Sent
from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.biometrics.vault import Vault
from hub.database import session_scope
from hub.keeping.export import actions
from hub.keeping.export.actions import State, Wish
from hub.keeping.export.making import DISK, STOPPED, Exporter, sent
from hub.keeping.export.records import Export
from hub.sentences import RefusedError, Sentence
from hub.web.door import Site, now, reading, service, visitor, writing
from hub.web.routes import Pages

pages = Pages("exports", __name__, template_folder="templates")

STATES: Final = {
    State.ASKED: Sentence("waits for the second person"),
    State.MAKING: Sentence("being made"),
    State.READY: Sentence("ready to be fetched"),
    State.FETCHING: Sentence("being fetched"),
    State.FETCHED: Sentence("fetched, and deleted here"),
    State.TURNED_DOWN: Sentence("turned down"),
    State.GIVEN_UP: Sentence("given up"),
    State.LAPSED: Sentence("not signed or fetched in time, and deleted here"),
    State.OVERTAKEN: Sentence(
        "ended and deleted here: since it was signed, data that it held was deleted by law"
    ),
}
PROBLEMS: Final = {
    DISK: Sentence("The file cannot be written where the hub keeps its data. Make room there, then go on."),
    STOPPED: Sentence(
        "Something went wrong while it was made; the hub's log says where. Tell the technician."
    ),
}
_NO_PLACE: Final = Sentence(
    "This site has no folder for exports. Use the command: pims-hub export everything"
)
_SHOWN: Final = 50


@pages.page("/exports", Permission.CONFIRM_EXPORT)
def exports() -> str:
    return _list(None)


@pages.page("/exports", Permission.EXPORT_EVERYTHING, methods=("POST",))
def ask() -> Response | str | tuple[str, int]:
    if not service(Exporter).can:
        return _list(_NO_PLACE), 409
    # Before the second factor: whoever forgot the reason is not asked for it twice.
    answer = require_fresh_factor()
    if answer is not None:
        return answer
    form = request.form
    wish = Wish(form.get("recipient", ""), form.get("reason", ""), form.get("with_fingers") == "1")
    service(Exporter).tidy()
    try:
        with writing() as session:
            row, passphrase = actions.ask(
                session, service(Vault), wish, random=os.urandom(15), actor=acting(), at=now()
            )
    except RefusedError as error:
        return _list(error.message), 409
    return render_template("export_asked.html", row=row, passphrase=passphrase)


@pages.page("/exports/<int:number>", Permission.CONFIRM_EXPORT)
def one(number: int) -> str:
    service(Exporter).tidy()
    return _one(number, None)


@pages.page("/exports/<int:number>/standing", Permission.CONFIRM_EXPORT)
def standing(number: int) -> str:
    """Its progress alone, asked for again by itself."""
    with reading() as session:
        return render_template("export_standing.html", **_shown(_found(session, number)))


@pages.page("/exports/<int:number>/sign", Permission.CONFIRM_EXPORT, methods=("POST",))
def sign(number: int) -> Response | tuple[str, int]:
    if request.form.get("decision") == "turn_down":
        return _done(number, lambda session: actions.turn_down(session, number, actor=acting(), at=now()))
    answer = require_fresh_factor()
    if answer is not None:
        return answer
    done = _done(number, lambda session: actions.sign(session, number, actor=acting(), at=now()))
    if isinstance(done, Response):
        service(Exporter).go(number)
    return done


@pages.page("/exports/<int:number>/make", Permission.CONFIRM_EXPORT, methods=("POST",))
def make(number: int) -> Response:
    """Go on with one that stopped: it is begun anew."""
    with reading() as session:
        row = _found(session, number)
    if _stopped(row):
        service(Exporter).go(number)
    return redirect(url_for("exports.one", number=number), 303)


@pages.page("/exports/<int:number>/give-up", Permission.CONFIRM_EXPORT, methods=("POST",))
def give_up(number: int) -> Response | tuple[str, int]:
    done = _done(number, lambda session: actions.give_up(session, number, actor=acting(), at=now()))
    service(Exporter).tidy()
    return done


@pages.page("/exports/<int:number>/fetch", Permission.EXPORT_EVERYTHING, methods=("POST",))
def fetch(number: int) -> Response | tuple[str, int]:
    exporter, sessions, clock = service(Exporter), service(Site).sessions, service(Site).clock
    actor = acting()
    exporter.tidy()
    try:
        with writing() as session:
            row = actions.begin_fetch(session, number, actor=actor, at=now())
            # Inside, so that an export whose file is not there stays as it was.
            file = exporter.open(number)
    except RefusedError as error:
        return _one(number, error.message), 409

    def ended(whole: bool) -> None:
        with session_scope(sessions) as session:
            actions.end_fetch(session, number, whole=whole, actor=actor, at=clock())
        exporter.tidy()

    answer = Sent(sent(file, ended), mimetype="application/octet-stream")
    answer.content_length = row.size_bytes
    answer.headers["Content-Disposition"] = f'attachment; filename="register-{row.asked_at:%Y%m%d}.zip.age"'
    return answer


def _done(number: int, act: Callable[[Session], object]) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _found(session, number)
            act(session)
    except RefusedError as error:
        return _one(number, error.message), 409
    return redirect(url_for("exports.one", number=number), 303)


def _list(problem: Sentence | None) -> str:
    service(Exporter).tidy()
    with reading() as session:
        rows = session.scalars(select(Export).order_by(Export.id.desc()).limit(_SHOWN)).all()
    return render_template(
        "exports.html",
        rows=rows,
        states=STATES,
        problem=problem,
        typed=request.form,
        may_ask=visitor().may(Permission.EXPORT_EVERYTHING),
        is_open=any(row.ended_at is None for row in rows),
    )


def _one(number: int, problem: Sentence | None) -> str:
    with reading() as session:
        row = _found(session, number)
    return render_template(
        "export.html",
        problem=problem,
        me=visitor().login,
        fetch_until=None if row.made_at is None else row.made_at + actions.FETCH_WITHIN,
        sign_until=row.asked_at + actions.SIGN_WITHIN,
        **_shown(row),
    )


def _shown(row: Export) -> dict[str, object]:
    return {
        "row": row,
        "states": STATES,
        "stopped": _stopped(row),
        "said": PROBLEMS.get(row.problem),
        "percent": min(99, 100 * row.done // row.total) if row.total else 0,
    }


def _stopped(row: Export) -> bool:
    """Whether it is to be made and nobody is at it."""
    if row.state != State.MAKING or service(Exporter).is_at(row.id):
        return False
    return bool(row.problem) or row.beat_at is None or now() - row.beat_at > actions.STILL


def _found(session: Session, number: int) -> Export:
    row = session.get(Export, number)
    if row is None:
        abort(404)
    return row
