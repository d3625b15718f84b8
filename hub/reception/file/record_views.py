"""Writing facts of any kind into a file: new, changed from a day on, corrected, ended, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.documents.actions import Scan, attach, documents_of
from hub.biometrics.documents.sniffing import MAX_BYTES
from hub.biometrics.vault import Vault
from hub.custody.catalogue import KINDS
from hub.custody.facts.actions import (
    ChangedMeanwhileError,
    FactFaultsError,
    Statement,
    correct,
    end,
    newest,
    state,
    withdraw,
)
from hub.custody.facts.kinds import Form, Kind, read_value, write_value
from hub.custody.facts.reading import item_of
from hub.custody.facts.records import Act, Fact
from hub.custody.papers import DOCUMENT, HEALTH_DOCUMENT
from hub.reception.file.entry import (
    Entry,
    Mode,
    booking_for,
    choices,
    handed_in,
    opened,
    refuse_strange_items,
)
from hub.reception.file.page import GUIDED
from hub.reception.file.papers import may_open, paper_lines
from hub.reception.file.sections import may_record, values_of
from hub.reception.file.story import said_of, words_of
from hub.reception.file.subject import Look, actor, look
from hub.reception.file.values import PREFIX, is_three_way
from hub.sentences import RefusedError
from hub.web.addresses import safe_path
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("facts", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = MAX_BYTES + 256 * 1024
TWICE: Final = timedelta(minutes=1)
"""The same words by the same account within this time are one press of the button too many."""


@pages.page("/people/<number>/facts/new/<kind>", Permission.SEE_PEOPLE)
def add(number: str, kind: str) -> Response | str:
    with writing() as session:
        seen, wanted = _to_write(session, number, kind)
        if wanted in (DOCUMENT, HEALTH_DOCUMENT):
            return redirect(url_for("documents.new", number=number))
        entry = opened(seen, wanted, Mode.ADD, None, seen=newest(session, seen.person.id, kind))
        if request.args.get("about", "") and "about" in entry.typed:
            entry.typed["about"] = request.args["about"]
        return _show(session, seen, entry)


@pages.page(
    "/people/<number>/facts/new/<kind>", Permission.SEE_PEOPLE, methods=("POST",), max_bytes=MAX_FORM_BYTES
)
def add_now(number: str, kind: str) -> Response | tuple[str, int]:
    with reading() as session:
        _, wanted = _to_write(session, number, kind)
    if wanted in (DOCUMENT, HEALTH_DOCUMENT):
        abort(404)
    return _take(number, handed_in(wanted, Mode.ADD, None, request.form), None)


@pages.page("/people/<number>/facts/<int:fact>/<mode>", Permission.SEE_PEOPLE)
def write(number: str, fact: int, mode: str) -> str:
    with writing() as session:
        seen, row, kind = _to_change(session, number, fact, mode)
        last = newest(session, row.person_id, row.kind, item_of(row) if kind.many else None)
        return _show(session, seen, opened(seen, kind, Mode(mode), row, seen=last))


@pages.page(
    "/people/<number>/facts/<int:fact>/<mode>",
    Permission.SEE_PEOPLE,
    methods=("POST",),
    max_bytes=MAX_FORM_BYTES,
)
def write_now(number: str, fact: int, mode: str) -> Response | tuple[str, int]:
    with reading() as session:
        _, row, kind = _to_change(session, number, fact, mode)
    return _take(number, handed_in(kind, Mode(mode), row, request.form), row)


def _to_write(session: Session, number: str, kind: str) -> tuple[Look, Kind[Any]]:
    """The file and a kind that the visitor may write by hand; 404 and 403 otherwise."""
    seen, wanted = look(session, number, stay=request.values.get("stay", "")), KINDS.get(kind)
    if wanted is None or not wanted.by_hand or not wanted.fields:
        abort(404)
    if not may_record(seen, wanted):
        abort(403)
    return seen, wanted


def _to_change(session: Session, number: str, fact: int, mode: str) -> tuple[Look, Fact, Kind[Any]]:
    """A fact of this very file that may be changed so; 404 for another's, or for what is not done to it."""
    seen = look(session, number)
    row = next((row for row in seen.rows if row.id == fact), None)
    if row is None or mode not in tuple(Mode) or mode == Mode.ADD:
        abort(404)
    if row.booking_id is not None:
        stay = next((stay.number for stay in seen.bookings if stay.id == row.booking_id), "")
        seen = look(session, number, stay=stay)
    kind = KINDS[row.kind]
    if not kind.by_hand or (mode == Mode.WITHDRAW and row.kind in GUIDED):
        abort(404)
    if row.act != Act.STATES and mode != Mode.WITHDRAW:
        abort(404)
    if mode == Mode.END and not kind.many:
        abort(404)
    if not may_record(seen, kind):
        abort(403)
    return seen, row, kind


def _take(number: str, entry: Entry, row: Fact | None) -> Response | tuple[str, int]:
    """Record what the form says, or show it again with what is wrong; nothing typed is lost."""
    _keep_scan(number, entry)
    theirs: int | None = None
    try:
        if not entry.faults:
            with writing() as session:
                recorded = _record(session, look(session, number, stay=_stay(row)), entry)
            if recorded is not None:
                return redirect(_onward(number, recorded), 303)
    except FactFaultsError as error:
        entry.faults |= error.faults
    except ChangedMeanwhileError as error:
        theirs = error.theirs
    except RefusedError as error:
        entry.faults[""] = error.message
    with writing() as session:
        page = _show(session, look(session, number, stay=_stay(row)), entry, theirs=theirs)
    return page, 409 if theirs is not None else 400


def _record(session: Session, seen: Look, entry: Entry) -> Fact | None:
    """The new row; None, with faults or a warning in the form, when it cannot be recorded yet."""
    at, who, kind = now(), actor(), entry.kind
    value = entry.value() if entry.asks_values else None
    moment = entry.moment() if entry.asks_moment else None
    if entry.asks_values:
        refuse_strange_items(seen, entry)
    if entry.faults or (entry.asks_values and value is None) or (entry.asks_moment and moment is None):
        return None
    if entry.mode is Mode.WITHDRAW and entry.row is not None:
        return withdraw(session, _own(session, entry.row), kind, reason=entry.reason, actor=who, at=at)
    assert moment is not None
    if entry.mode is Mode.END and entry.row is not None:
        held = _own(session, entry.row)
        _refuse_newer(session, kind, held, entry.seen)
        return end(session, held, kind, effective_at=moment, reason=entry.reason, actor=who, at=at)
    assert value is not None
    statement = _statement(session, seen, entry, value, moment)
    if entry.mode is Mode.CORRECT and entry.row is not None:
        return correct(session, _own(session, entry.row), statement, reason=entry.reason, actor=who, at=at)
    person_id = seen.person.id if entry.row is None else entry.row.person_id
    same = _same_again(session, person_id, statement)
    if same is not None:
        return same
    item = item_of(entry.row) if entry.row is not None and kind.many else None
    return state(session, person_id, statement, actor=who, at=at, item=item, seen=entry.seen)


def _statement(session: Session, seen: Look, entry: Entry, value: Form, moment: datetime) -> Statement[Any]:
    booking_id = booking_for(seen, entry.kind) if entry.row is None else entry.row.booking_id
    document = number_in(entry.document) or None
    scan = None if document is None else documents_of(session, seen.ids).get(document)
    if scan is None or not may_open(seen, scan):
        document = None  # a scan of another file, or one that the visitor may not open, is no source
    return Statement(entry.kind, value, moment, entry.source, document, booking_id)


def _same_again(session: Session, person_id: int, statement: Statement[Any]) -> Fact | None:
    """The row that an earlier press of the button has made."""
    wanted = select(Fact).where(Fact.person_id == person_id, Fact.kind == statement.kind.name)
    last = session.scalar(wanted.order_by(Fact.id.desc()).limit(1))
    if last is None or last.recorded_by != visitor().login or now() - last.recorded_at > TWICE:
        return None
    same = (last.value, last.effective_at, last.act, last.source) == (
        write_value(statement.value),
        statement.effective_at,
        Act.STATES,
        statement.source,
    )
    return last if same else None


def _refuse_newer(session: Session, kind: Kind[Any], held: Fact, seen: int) -> None:
    last = newest(session, held.person_id, kind.name, item_of(held))
    if seen and last > seen:
        raise ChangedMeanwhileError(last)


def _own(session: Session, row: Fact) -> Fact:
    """The row in this transaction."""
    return session.get_one(Fact, row.id)


def _keep_scan(number: str, entry: Entry) -> None:
    """A scan that came with the form is kept at once: it stays chosen whatever else is wrong."""
    part = request.files.get("scan")
    if part is None or not part.filename or not entry.asks_source:
        return
    try:
        with writing() as session:
            seen = look(session, number)
            document = attach(
                session,
                service(Vault),
                seen.person.id,
                Scan(part.filename, part.stream.read()),
                title=entry.source,
                at=now(),
                actor=actor(),
                health=entry.kind.see == Permission.SEE_HEALTH,
            )
            entry.document = str(document.id)
    except RefusedError as error:
        entry.faults["scan"] = error.message


def _show(session: Session, seen: Look, entry: Entry, *, theirs: int | None = None) -> str:
    """The form, which shows of the file what it is about: a look like any other."""
    about = "" if entry.row is None else f" {entry.row.id}"
    detail = f"{entry.kind.name}{about}"
    write_down(session, at=now(), actor=actor(), act="fact.form", subject=seen.asked.number, detail=detail)
    other = None if theirs is None else session.get(Fact, theirs)
    return render_template(
        "fact_form.html",
        look=seen,
        entry=entry,
        kind=entry.kind,
        mode=entry.mode,
        prefix=PREFIX,
        choices=choices(session, seen, entry),
        three={field.name for field in entry.kind.fields if is_three_way(entry.kind, field)},
        papers=[
            line
            for line in paper_lines(seen, documents_of(session, seen.ids))
            if may_open(seen, line.document)
        ],
        theirs=None if other is None else _theirs(seen, other),
        about=None if entry.row is None else said_of(entry.row),
        max_bytes=MAX_BYTES,
        onward=safe_path(request.values.get("next"), url_for("people.file", number=seen.asked.number)),
    )


def _theirs(seen: Look, row: Fact) -> dict[str, Any]:
    """What somebody else recorded meanwhile, field by field."""
    kind = KINDS[row.kind]
    stated = row.act == Act.STATES
    return {
        "row": row,
        "stated": stated,
        "words": words_of(row),
        "values": values_of(kind, read_value(kind, row.value), seen.rows),
    }


def _stay(row: Fact | None) -> str:
    return request.values.get("stay", "") if row is None else ""


def _onward(number: str, recorded: Fact) -> str:
    onward = safe_path(request.values.get("next"), "")
    return onward or url_for("people.file", number=number, done=recorded.id) + f"#fact-{recorded.id}"
