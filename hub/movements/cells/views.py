"""The pages of cells: the board, one cell, and the cell of a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.accounts.second import second_officer
from hub.custody.asked import person_asked_for
from hub.custody.away import count_away
from hub.custody.legal import LEGAL_STATUSES
from hub.movements.cells.actions import Override, move_to_cell
from hub.movements.cells.board import board
from hub.movements.cells.defining import CellDraft, define_cell, draft_of, set_out_of_order
from hub.movements.cells.fitting import fitting
from hub.movements.cells.reading import cells, dwellers, dwellers_of, history_of
from hub.movements.cells.rules import Ages, CellView, Sexes
from hub.movements.cells.words import AGES, SEXES_OF_CELLS
from hub.movements.records import Zone
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

FEW_CELLS: Final = 40
"""So many are shown at once; beyond it a block at a time."""
EVERY_BLOCK: Final = "*"
"""In an address: all blocks one under another, for print."""

pages = Pages("cells", __name__, template_folder="templates")


@pages.page("/cells", Permission.ALLOT_CELLS)
def cell_board() -> str:
    with writing() as session:
        shown = board(session, now(), known_at=known_at())
        out = count_away(session, now(), known_at())
        write_down(session, at=now(), actor=_actor(), act="cell.board", detail=f"{shown.people} people")
    wanted = request.args.get("block", EVERY_BLOCK if len(shown.lines) <= FEW_CELLS else None)
    blocks = [one for one in shown.blocks if wanted in (one.name, EVERY_BLOCK)]
    if wanted not in (None, EVERY_BLOCK) and not blocks:
        abort(404)
    return render_template(
        "cell_board.html",
        board=shown,
        blocks=blocks,
        wanted=wanted,
        every=EVERY_BLOCK,
        known=known_on(),
        out=out,
    )


@pages.page("/cells/new", Permission.SET_CELLS)
def new_cell() -> str:
    return _edit(None, None)


@pages.page("/cells/new", Permission.SET_CELLS, methods=("POST",))
def add_cell() -> Response | tuple[str, int]:
    code = request.form.get("code", "").strip().lower()
    try:
        _check_code(code)
        with writing() as session:
            if code in cells(session):
                raise RefusedError("code", Sentence("There is a cell of this code already. Choose another."))
            define_cell(session, _draft(code), reason=_reason(), actor=_actor(), at=now())
    except RefusedError as error:
        return _edit(None, error.message), 409
    return redirect(url_for("cells.cell", code=code), 303)


@pages.page("/cells/<code>", Permission.ALLOT_CELLS)
def cell(code: str) -> str:
    return _show(code, None)


@pages.page("/cells/<code>/terms", Permission.SET_CELLS)
def terms(code: str) -> str:
    return _edit(code, None)


@pages.page("/cells/<code>/terms", Permission.SET_CELLS, methods=("POST",))
def change_terms(code: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            held = _cell(session, code)
            define_cell(
                session,
                _draft(code, out_of_order=held.out_of_order),
                reason=_reason(),
                actor=_actor(),
                at=now(),
            )
    except RefusedError as error:
        return _edit(code, error.message), 409
    return redirect(url_for("cells.cell", code=code), 303)


@pages.page("/cells/<code>", Permission.ALLOT_CELLS, methods=("POST",))
def close_or_open(code: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            out = request.form.get("act") == "close"
            set_out_of_order(session, _cell(session, code), out, reason=_reason(), actor=_actor(), at=now())
    except RefusedError as error:
        return _show(code, error.message), 409
    return redirect(url_for("cells.cell", code=code), 303)


@pages.page("/people/<number>/cell", Permission.ALLOT_CELLS)
def choose(number: str) -> str:
    return _choose(number, None)


@pages.page("/people/<number>/cell", Permission.ALLOT_CELLS, methods=("POST",))
def move(number: str) -> Response | tuple[str, int]:
    try:
        override = _override()
        with writing() as session:
            person = person_asked_for(session, number)
            reason = request.form.get("reason", "")
            code = request.form.get("cell", "")
            move_to_cell(session, person, code, reason=reason, override=override, actor=_actor(), at=now())
    except RefusedError as error:
        return _choose(number, error.message), 409
    return redirect(url_for("people.file", number=number), 303)


def _override() -> Override | None:
    """A supervisor's word: their own when they move somebody themselves, or given on this screen."""
    reason = request.form.get("override_reason", "").strip()
    if request.form.get("second_login", "").strip():
        return Override(second_officer(Permission.SET_CELLS, besides=()), reason)
    if reason and visitor().may(Permission.SET_CELLS):
        return Override(_actor(), reason)
    return None


def _choose(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_asked_for(session, number)
        write_down(session, at=now(), actor=_actor(), act="cell.look", subject=person.number)
        found = dwellers(session, now(), person_ids=[person.id])
        fits = fitting(session, found[0].who, now()) if found else []
        here = cells(session).get(found[0].cell) if found else None
    return render_template(
        "cell_of_person.html",
        person=person,
        dweller=found[0] if found else None,
        here=here,
        fits=fits,
        values={"cell": request.form.get("cell", "")},
        typed=request.form,
        problem=problem,
    )


def _show(code: str, problem: Sentence | None) -> str:
    at: datetime = now()
    with writing() as session:
        held = _cell(session, code, known_at())
        people = dwellers_of(session, held.code, at, known_at=known_at())
        write_down(session, at=at, actor=_actor(), act="cell.look", subject=code)
        history = history_of(session, held.id, known_at())
    return render_template(
        "cell.html", cell=held, people=people, history=history, problem=problem, known=known_on(), **_words()
    )


def _edit(code: str | None, problem: Sentence | None) -> str:
    with reading() as session:
        held = None if code is None else _cell(session, code)
        zones = session.scalars(
            select(Zone).where(Zone.closed_at.is_(None)).order_by(Zone.site_id, Zone.sort, Zone.id)
        ).all()
    return render_template(
        "cell_terms.html",
        cell=None if held is None else draft_of(held),
        zones=[(zone.code, zone.name) for zone in zones],
        typed=request.form,
        problem=problem,
        **_words(),
    )


def _draft(code: str, *, out_of_order: bool = False) -> CellDraft:
    form = request.form
    sexes, ages = form.get("sexes", ""), form.get("ages", "")
    return CellDraft(
        code=code,
        name=form.get("name", "").strip(),
        block=form.get("block", "").strip(),
        tier=form.get("tier", "").strip(),
        zone=form.get("zone", ""),
        certified=_places("certified"),
        working=_places("working"),
        maximum=_places("maximum"),
        sexes=Sexes(sexes) if sexes in Sexes._value2member_map_ else Sexes.ANY,
        ages=Ages(ages) if ages in Ages._value2member_map_ else Ages.ANY,
        statuses=frozenset(form.getlist("statuses")),
        out_of_order=out_of_order,
        effective_on=_since(),
    )


def _since() -> date | None:
    typed = request.form.get("since", "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise RefusedError(
            "effective_on", Sentence("Write the day as in 2026-11-22, or leave it empty.")
        ) from None


def _places(name: str) -> int:
    typed = request.form.get(name, "").strip()
    if not (typed.isascii() and typed.isdigit()):
        raise RefusedError("places", Sentence("A cell has 0 to 500 places. Check the numbers."))
    return number_in(typed)


def _check_code(code: str) -> None:
    if not code or not all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in code):
        raise RefusedError("code", Sentence("A code has small letters, digits and hyphens: a-1-03."))


def _reason() -> str:
    return request.form.get("reason", "")


def _words() -> dict[str, Any]:
    return {"ages": AGES, "sexes": SEXES_OF_CELLS, "statuses": LEGAL_STATUSES}


def _cell(session: Session, code: str, known: datetime | None = None) -> CellView:
    found = cells(session, known).get(code)
    if found is None:
        abort(404)
    return found


def _actor() -> Actor:
    who = visitor()
    return Actor(who.login, who.address)
