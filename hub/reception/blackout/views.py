"""Pages of batches from paper: the list, the grid, both signatures, taking back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.accounts.second import second_officer
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.reception.blackout import actions, showing
from hub.reception.blackout.actions import BatchFaultsError, Means, SavedMeanwhileError
from hub.reception.blackout.acts import Signers
from hub.reception.blackout.columns import RowKind
from hub.reception.blackout.reading_forms import heading_in, rows_in
from hub.reception.blackout.records import PaperBatch, State
from hub.reception.blackout.rules import Fault, Row
from hub.reception.blackout.undoing import take_back
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("blackout", __name__, template_folder="templates")

_FORM_BYTES: Final = 400 * 1024


@pages.page("/paper", Permission.ENTER_PAPER)
def batches() -> str:
    return _list(None)


@pages.page("/paper", Permission.ENTER_PAPER, methods=("POST",))
def open_one() -> Response | tuple[str, int]:
    try:
        heading = heading_in(request.form)
        with writing() as session:
            key = secrets.token_hex(16)
            number = actions.open_batch(session, heading, key=key, actor=acting(), at=now()).id
    except RefusedError as error:
        return _list(error.message), 400
    return _to(number)


@pages.page("/paper/<int:number>", Permission.ENTER_PAPER)
def one(number: int) -> str:
    return _show(number, None)


@pages.page("/paper/<int:number>", Permission.ENTER_PAPER, methods=("POST",), max_bytes=_FORM_BYTES)
def act(number: int) -> Response | str | tuple[str, int]:
    """Everything that is done with rows still being typed; what was typed is kept before anything else."""
    verb = request.form.get("act", "save")
    if verb == "sign":
        ask = require_fresh_factor()
        if ask is not None:
            return ask
    rows = rows_in(request.form)
    try:
        with writing() as session:
            batch, seen = _batch(session, number), number_in(request.form.get("version", ""))
            actions.save(session, batch, rows, seen, actor=acting(), at=now())
    except SavedMeanwhileError as error:
        return _show(number, error.message, typed=rows, version=error.version), 409
    except RefusedError as error:
        return _show(number, error.message, typed=rows), 409
    if verb in RowKind._value2member_map_:
        return _show(number, None, more=RowKind(verb))
    return _with_saved(number, verb)


@pages.page("/paper/<int:number>/sign", Permission.ENTER_PAPER, methods=("POST",))
def second(number: int) -> Response | tuple[str, int]:
    """The second signature, at an own screen or on the first one's; or back to typing."""
    verb = request.form.get("act", "")
    if verb in ("second", "second_here"):
        ask = require_fresh_factor() if verb == "second" else None
        if ask is not None:
            return ask
    try:
        if verb == "reopen":
            with writing() as session:
                actions.reopen(session, _batch(session, number), actor=acting(), at=now())
        else:
            _enter(number, verb)
    except BatchFaultsError as error:
        return _show(number, error.message, faults=error.faults), 409
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page("/paper/<int:number>/back", Permission.ENTER_PAPER, methods=("POST",))
def back(number: int) -> Response | tuple[str, int]:
    try:
        officer = second_officer(Permission.ENTER_PAPER, besides=())
        with writing() as session:
            batch = _batch(session, number)
            take_back(session, batch, request.form.get("note", ""), officer, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


def _with_saved(number: int, verb: str) -> Response | tuple[str, int]:
    """What follows the saving: a trial, the first signature, or giving up."""
    try:
        with writing() as session:
            batch, actor = _batch(session, number), acting()
            if verb == "sign":
                actions.sign(session, batch, _means(), actor=actor, at=now())
            elif verb == "check":
                signers = Signers(actor, actor, overrides=True)
                faults = actions.try_out(session, batch, _means(), signers, at=now())
                if faults:
                    raise BatchFaultsError(faults)
            elif verb == "drop":
                actions.drop(session, batch, actor=actor, at=now())
    except BatchFaultsError as error:
        return _show(number, error.message, faults=error.faults), 409
    except RefusedError as error:
        return _show(number, error.message), 409
    if verb == "check":
        return _show(number, None, good=True), 200
    return _to(number)


def _enter(number: int, verb: str) -> None:
    who, version = acting(), number_in(request.form.get("version", ""))
    if verb == "second_here":
        who = second_officer(Permission.ENTER_PAPER, besides=())
    with writing() as session:
        batch = _batch(session, number)
        actions.enter(session, batch, version, _means(), who, at=now())


def _list(problem: Sentence | None) -> str:
    with writing() as session:
        facts = showing.list_facts(session)
        write_down(session, at=now(), actor=acting(), act="paper.list")
    return render_template("paper.html", problem=problem, typed=request.form, **facts)


def _show(
    number: int,
    problem: Sentence | None,
    *,
    faults: Sequence[Fault] = (),
    typed: Sequence[Row] | None = None,
    version: int | None = None,
    more: RowKind | None = None,
    good: bool = False,
) -> str:
    with writing() as session:
        batch = _batch(session, number)
        facts = showing.batch_facts(session, batch, typed, more)
        for known in facts["numbers"]:
            write_down(session, at=now(), actor=acting(), act="paper.look", subject=known)
    return render_template(
        "paper_batch.html",
        problem=problem,
        faults={(one.line, one.column): one.words for one in reversed(faults)},
        listed=faults,
        version=version or batch.version,
        good=good,
        me=visitor().login,
        states=State,
        second_login=request.form.get("second_login", ""),
        note=request.form.get("note", ""),
        **facts,
    )


def _means() -> Means:
    return Means(service(Vault), service(DuplicateSearch))


def _batch(session: Session, number: int) -> PaperBatch:
    batch = session.get(PaperBatch, number)
    if batch is None:
        abort(404)
    return batch


def _to(number: int) -> Response:
    return redirect(url_for("blackout.one", number=number), 303)
