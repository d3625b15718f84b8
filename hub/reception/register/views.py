"""Pages of imports: handing in, mapping, the dry run, deciding, progress, taking back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.legal import LEGAL_STATUSES
from hub.custody.queries import names
from hub.reception.register import actions, mappings
from hub.reception.register.actions import Decision, Judged, State
from hub.reception.register.duplicates import Why
from hub.reception.register.mapping import CODES, TARGETS, Chosen, column, guess_values
from hub.reception.register.reading import MAX_BYTES, Table
from hub.reception.register.records import RegisterImport, RegisterRow
from hub.reception.register.running import Importer
from hub.reception.register.undoing import touched, undo
from hub.reception.words import SEXES
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("register", __name__, template_folder="templates")

SHOWN: Final = 200
"""Rows of a list on one page; what is wrong is mended in the file, and mostly the same in many rows."""
STATES: Final = {
    State.MAPPING: Sentence("handed in"),
    State.CHECKED: Sentence("tried, nothing changed yet"),
    State.IMPORTING: Sentence("being brought in"),
    State.DONE: Sentence("brought in"),
    State.UNDONE: Sentence("taken back"),
    State.DROPPED: Sentence("given up"),
}
WHYS: Final = {
    Why.NUMBER: Sentence("same number"),
    Why.NAME_AND_BIRTH: Sentence("same name and birth"),
    Why.SOUND: Sentence("name sounds alike"),
}
DATE_ORDERS: Final = {
    "dmy": Sentence("day, month, year"),
    "mdy": Sentence("month, day, year"),
    "ymd": Sentence("year, month, day"),
}
_FORM_BYTES: Final = 512 * 1024


@pages.page("/register", Permission.IMPORT_REGISTER)
def imports() -> str:
    return _list(None)


@pages.page("/register", Permission.IMPORT_REGISTER, methods=("POST",), max_bytes=MAX_BYTES + 64 * 1024)
def hand_in() -> Response | tuple[str, int]:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _list(Sentence("Choose the file of the register first.")), 400
    raw = file.stream.read(MAX_BYTES + 1)
    try:
        with writing() as session:
            made = actions.hand_in(session, file.filename, raw, actor=acting(), at=now()).id
    except RefusedError as error:
        return _list(error.message), 409
    return _to(made)


@pages.page("/register/<int:number>", Permission.IMPORT_REGISTER)
def one(number: int) -> str:
    return _show(number, None)


@pages.page("/register/<int:number>/standing", Permission.IMPORT_REGISTER)
def standing(number: int) -> str:
    with reading() as session:
        found = _found(session, number)
        return render_template("register_standing.html", found=found, working=service(Importer).is_at(number))


@pages.page(
    "/register/<int:number>/mapping", Permission.IMPORT_REGISTER, methods=("POST",), max_bytes=_FORM_BYTES
)
def mapping(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            found = _found(session, number)
            table = actions.table_of(session, found)
            use = request.form.get("use", "")
            chosen = mappings.saved(session, table.headers).get(use) if use else None
            chosen = chosen or _chosen(table, request.form)
            actions.check(session, found, chosen, actor=acting(), at=now())
            name = request.form.get("save_as", "").strip()
            if name:
                mappings.save(session, name, chosen, by=visitor().login, at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page(
    "/register/<int:number>/decide", Permission.IMPORT_REGISTER, methods=("POST",), max_bytes=_FORM_BYTES
)
def decide(number: int) -> Response | tuple[str, int]:
    known = Decision._value2member_map_
    single = {
        number_in(field.removeprefix("line-")): Decision(value)
        for field, value in request.form.items()
        if field.startswith("line-") and number_in(field[5:]) and value in known
    }
    try:
        with writing() as session:
            found = _found(session, number)
            actions.decide(session, found, single)
            for why in Why:
                rule = request.form.get(f"all-{why.value}", "")
                if rule in known:
                    actions.decide_all(session, found, why.value, Decision(rule))
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page("/register/<int:number>/start", Permission.IMPORT_REGISTER, methods=("POST",))
def start(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            found = _found(session, number)
            if found.state != State.IMPORTING:
                actions.start(session, found, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    service(Importer).go_on(number, acting())
    return _to(number)


@pages.page("/register/<int:number>/undo", Permission.IMPORT_REGISTER, methods=("POST",))
def take_back(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            undo(session, _found(session, number), request.form.get("reason", ""), actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page("/register/<int:number>/drop", Permission.IMPORT_REGISTER, methods=("POST",))
def drop(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            actions.drop(session, _found(session, number), actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("register.imports"), 303)


def _to(number: int) -> Response:
    return redirect(url_for("register.one", number=number), 303)


def _found(session: Session, number: int) -> RegisterImport:
    found = session.get(RegisterImport, number)
    if found is None:
        abort(404)
    return found


def _list(problem: Sentence | None) -> str:
    with reading() as session:
        rows = session.scalars(select(RegisterImport).order_by(RegisterImport.id.desc()).limit(SHOWN)).all()
    return render_template("register.html", imports=rows, states=STATES, problem=problem)


def _chosen(table: Table, form: Mapping[str, str]) -> Chosen:
    places = range(len(table.headers))
    columns = {
        target.code: table.headers[number_in(place)]
        for target in TARGETS
        if (place := form.get(f"column-{target.code}", "")) and number_in(place, none=-1) in places
    }
    order = form.get("dates", "dmy")
    chosen = Chosen(columns, order if order in DATE_ORDERS else "dmy")  # type: ignore[arg-type]
    said: dict[str, dict[str, str]] = {"sex": {}, "status": {}}
    for field, meaning in form.items():
        sort, _, value = field.partition("~")
        if sort in said and meaning:
            said[sort][value] = meaning
    return Chosen(columns, chosen.dates, guess_values(table, chosen, said))


def _show(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        found = _found(session, number)
        table = actions.table_of(session, found)
        chosen = actions.chosen_of(found)
        rows = _rows(session, number)
        twins = names(session, {row.twin_id for row in rows if row.twin_id is not None})
        done = found.state in (State.DONE, State.IMPORTING)
        # It shows names of the file that was handed in, and of people whose files may be meant.
        detail = f"import {number}, {len(twins)} files beside it"
        write_down(session, at=now(), actor=acting(), act="register.look", detail=detail)
        return render_template(
            "register_one.html",
            found=found,
            table=table,
            chosen=chosen,
            samples={code: column(table, chosen, code)[:3] for code in chosen.columns},
            targets=TARGETS,
            codes=CODES,
            counts=actions.counts(session, number),
            faulty=[(row, actions.faults_of(row)) for row in rows if row.judged == Judged.FAULTY][:SHOWN],
            doubtful=[
                (row, actions.entry_of(row), twins.get(row.twin_id or 0))
                for row in rows
                if row.judged == Judged.DOUBTFUL
            ][:SHOWN],
            saved=mappings.saved(session, table.headers),
            touched=touched(session, number)[:SHOWN] if found.state == State.DONE else [],
            working=service(Importer).is_at(number),
            began=done,
            states=STATES,
            whys=WHYS,
            date_orders=DATE_ORDERS,
            statuses=LEGAL_STATUSES,
            sexes=SEXES,
            problem=problem,
        )


def _rows(session: Session, number: int) -> list[RegisterRow]:
    """Those of which there is something to say."""
    wanted = select(RegisterRow).where(
        RegisterRow.import_id == number,
        RegisterRow.judged.in_([Judged.FAULTY.value, Judged.DOUBTFUL.value]),
    )
    return list(session.scalars(wanted.order_by(RegisterRow.line)))
