"""Pages of counts: the list, and one count as the control room leads it."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.queries import person_by_number
from hub.headcount import explaining, leading, showing
from hub.headcount.explaining import Named
from hub.headcount.leading import Asked
from hub.headcount.states import LADDER, State
from hub.headcount.turning import find
from hub.headcount.values import What
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages, number_in
from wire.happenings import CountKind, CountMethod

pages = Pages("counts", __name__, template_folder="templates")


@pages.page("/counts", Permission.SEE_COUNTS)
def counts() -> str:
    return _list(None)


@pages.page("/counts", Permission.RUN_COUNT, methods=("POST",))
def announce() -> Response | tuple[str, int]:
    form = request.form
    if form.get("kind") not in CountKind._value2member_map_:
        abort(400)
    try:
        units = tuple(form.getlist("units")) if form.get("scope") == "units" else ()
        if form.get("scope") == "units" and not units:
            raise RefusedError("no_units", Sentence("Choose at least one unit, or everybody."))
        asked = Asked(
            CountKind(form["kind"]),
            units=units,
            site=form.get("site", "")[:64],
            name=form.get("name", ""),
            freeze_at=_freeze_at(form.get("freeze_at", ""), now()),
            method=CountMethod(form["method"])
            if form.get("method") in CountMethod._value2member_map_
            else None,
            slot=form.get("slot") or None,
        )
        with writing() as session:
            number = leading.announce(session, asked, actor=acting(), at=now()).id
    except RefusedError as error:
        return _list(error.message), 409
    return _to(number)


@pages.page("/counts/<int:number>", Permission.SEE_COUNTS)
def one(number: int) -> str:
    return _show(number, None)


@pages.page("/counts/<int:number>/state", Permission.SEE_COUNTS, watches=True)
def state(number: int) -> str:
    """The part of a count's page that asks for itself again."""
    with reading() as session:
        facts = showing.count_facts(session, number, now())
    if facts is None:
        abort(404)
    return render_template("count_state.html", **facts)


@pages.page("/counts/<int:number>/lead", Permission.RUN_COUNT, methods=("POST",))
def lead(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _lead(session, number)
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page("/counts/<int:number>/clear", Permission.CLEAR_COUNT, methods=("POST",))
def clear(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            note = request.form.get("note", "")
            leading.clear(session, find(session, number), note_text=note, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page("/counts/<int:number>/explain", Permission.RUN_COUNT, methods=("POST",))
def explain(number: int) -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            typed = form.get("person", "").strip()
            person = person_by_number(session, typed) if typed else None
            if typed and person is None:
                raise RefusedError("person", Sentence("Nobody has this number. Look it up under People."))
            if form.get("what") not in What._value2member_map_:
                abort(400)
            named = Named(
                form.get("unit", ""),
                What(form["what"]),
                None if person is None else person.id,
                form.get("place", ""),
                form.get("officer", ""),
                form.get("evidence", ""),
            )
            known = "" if person is None else person.number
            explaining.explain(session, find(session, number), named, number=known, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page("/counts/<int:number>/explain/<int:item>/accept", Permission.CLEAR_COUNT, methods=("POST",))
def accept(number: int, item: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            explaining.accept(session, find(session, number), item, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


@pages.page("/counts/<int:number>/explain/<int:item>/back", Permission.RUN_COUNT, methods=("POST",))
def take_back(number: int, item: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            explaining.withdraw(session, find(session, number), item, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return _to(number)


def _lead(session: Session, number: int) -> None:
    form, count = request.form, find(session, number)
    act = form.get("act", "")
    if act == "freeze":
        leading.freeze(session, count, actor=acting(), at=now())
    elif act == "begin":
        leading.begin(session, count, actor=acting(), at=now())
    elif act == "cancel":
        leading.cancel(session, count, reason=form.get("note", ""), actor=acting(), at=now())
    elif act in {rung.value for rung in LADDER}:
        reason, units = form.get("note", ""), form.getlist("units")
        leading.climb(session, count, State(act), units, reason=reason, actor=acting(), at=now())
    else:
        abort(400)


def _list(problem: Sentence | None) -> str:
    with writing() as session:
        facts = showing.list_facts(session, now())
        write_down(session, at=now(), actor=acting(), act="count.list")
    return render_template("counts.html", problem=problem, typed=request.form, **facts)


def _show(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        facts = showing.count_facts(session, number, now())
        if facts is None:
            abort(404)
        write_down(session, at=now(), actor=acting(), act="count.look", subject=str(number))
    return render_template(
        "count.html", problem=problem, typed=request.form, key=secrets.token_hex(16), **facts
    )


def _freeze_at(text: str, at: datetime) -> datetime | None:
    """A time of today as 06:00, or None for the usual one."""
    if not text.strip():
        return None
    try:
        hour, minute = (int(part) for part in text.strip().split(":"))
        today = at.astimezone(SITE_ZONE)
        return today.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(at.tzinfo)
    except ValueError:
        raise RefusedError("freeze_at", Sentence("Write the time as in 06:00.")) from None


def _to(number: int) -> Response:
    return redirect(url_for("counts.one", number=number_in(str(number))), 303)
