"""Counting at the hub's own page: a slip of a unit, and who is counted elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, current_app, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.accounts.second import second_officer
from hub.custody.queries import names, person_by_number
from hub.custody.records import Person
from hub.headcount import out_counts, showing
from hub.headcount.loading import facts_of, roster, units_of
from hub.headcount.records import Headcount, HeadcountUnit
from hub.headcount.rules import reckon
from hub.headcount.states import COURSES, ENDED, State
from hub.headcount.taking import PAGE, NewMark, NewSlip, Told, is_taken, take_mark, take_slip
from hub.headcount.words import KINDS, METHODS, OUT_STEPS
from hub.movements.cells.reading import cells
from hub.movements.cells.rules import CellView
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, visitor, writing
from hub.web.routes import Pages, number_in
from wire.happenings import CountKind, CountMethod, OutCountStep

pages = Pages("count_entry", __name__, template_folder="templates")

_FORM_BYTES = 200 * 1024
MOST = 10_000


@dataclass(frozen=True)
class Entry:
    """What a unit's page asks for. `people` stand there for a count by name alone: a number is counted blind."""

    count: Headcount
    unit: HeadcountUnit
    name: str
    method: CountMethod
    recount: int
    people: Sequence[Person]
    cells: Sequence[CellView]
    asked: bool
    """Whether a slip is still wanted: once one is in, only the control room asks for another."""


@pages.page("/counts/<int:number>/units/<code>", Permission.TAKE_COUNT)
def unit(number: int, code: str) -> str:
    return _show(number, code, None)


@pages.page(
    "/counts/<int:number>/units/<code>", Permission.TAKE_COUNT, methods=("POST",), max_bytes=_FORM_BYTES
)
def sign(number: int, code: str) -> Response | tuple[str, int]:
    """The slip: with its marks first, so that number and names arrive as one."""
    try:
        key, opened_at = _opened(request.form.get("opened", ""))
        second = request.form.get("second_login", "").strip()
        counters = (
            acting().login,
            *((second_officer(Permission.TAKE_COUNT, besides=()).login,) if second else ()),
        )
        with writing() as session:
            entry = _entry(session, number, code)
            if State(entry.count.state) in (*ENDED, State.ANNOUNCED):
                raise RefusedError(
                    "not_counting", Sentence("This count is not open for slips now. Look at how it stands.")
                )
            if not entry.asked and not is_taken(session, key):
                raise RefusedError(
                    "counted",
                    Sentence("The slip of this unit is in. The control room asks when it is to count again."),
                )
            took_s = max(0, int((now() - opened_at).total_seconds()))
            _take(session, entry, key, counters, took_s)
            write_down(
                session,
                at=now(),
                actor=acting(),
                act="count.slip",
                subject=str(number),
                detail=f"unit {code}",
            )
    except RefusedError as error:
        return _show(number, code, error.message), 409
    return redirect(url_for("counts.one", number=number, _anchor=f"unit-{code}"), 303)


@pages.page("/counts/<int:number>/out", Permission.TAKE_COUNT)
def out(number: int) -> str:
    return _show_out(number, None)


@pages.page("/counts/<int:number>/out", Permission.TAKE_COUNT, methods=("POST",))
def say_out(number: int) -> Response | tuple[str, int]:
    form = request.form
    if form.get("step") not in OutCountStep._value2member_map_:
        abort(400)
    try:
        with writing() as session:
            count = session.get(Headcount, number, with_for_update=True, populate_existing=True)
            if count is None:
                abort(404)
            person = person_by_number(session, form.get("person", "")[:16])
            if person is None:
                raise RefusedError("person", Sentence("Nobody has this number. Check it, or scan it again."))
            home = roster(session, count.effective_at or now()).unit_of(person.id) or ""
            key, _ = _opened(form.get("opened", ""))
            told = Told(PAGE, key, 1, now())
            out_counts.say(
                session, count, person, form.get("place", "")[:64], OutCountStep(form["step"]), told,
                unit=home, actor=acting(), at=now(),
            )  # fmt: skip
    except RefusedError as error:
        return _show_out(number, error.message), 409
    return redirect(url_for("count_entry.out", number=number), 303)


def _take(session: Session, entry: Entry, key: bytes, counters: tuple[str, ...], took_s: int) -> None:
    form, code, number = request.form, entry.unit.code, entry.count.id
    beds: tuple[tuple[str, int], ...] = ()
    if entry.method is CountMethod.NUMBER:
        observed = _number(form.get("observed", ""))
    elif entry.method is CountMethod.VACANT_BEDS:
        beds = tuple(
            (cell.code, empty)
            for cell in entry.cells
            if (empty := _number(form.get(f"bed-{cell.code}", "") or "0"))
        )
        observed = sum(empty for _, empty in beds)
    else:
        observed = _mark(session, entry, key)
    take_slip(
        session,
        NewSlip(
            session=number,
            unit=code,
            recount=entry.recount,
            method=CountMethod.BY_NAME if entry.method is CountMethod.BY_SCAN else entry.method,
            observed=observed,
            counters=counters,
            took_s=took_s,
            signs_of_life=form.get("alive") == "yes",
            told=Told(PAGE, key, 0, now()),
            vacant_beds=beds,
            remarks=form.get("remarks", ""),
            entered_by=visitor().login,
            saw_totals=showing.viewer().sees_totals,
        ),
        now(),
    )


def _mark(session: Session, entry: Entry, key: bytes) -> int:
    """Marks of everybody ticked, of others by their numbers, and of strangers; how many there are."""
    form = request.form
    ids = {person.id for person in entry.people}
    seen = {number_in(one) for one in form.getlist("seen")} & ids
    for typed in form.get("others", "").replace(",", " ").split():
        person = person_by_number(session, typed[:16])
        if person is None:
            raise RefusedError(
                "others", Sentence("Nobody has the number %(number)s. Check it.", {"number": typed[:16]})
            )
        seen.add(person.id)
    strangers = _number(form.get("strangers", "") or "0", most=50)
    for place, person_id in enumerate([*sorted(seen), *([None] * strangers)], 1):
        told = Told(PAGE, key, place, now())
        mark = NewMark(
            entry.count.id,
            entry.unit.code,
            entry.recount,
            person_id,
            CountMethod.BY_NAME,
            acting().login,
            told,
        )
        take_mark(session, mark, now())
    return len(seen) + strangers


def _entry(session: Session, number: int, code: str) -> Entry:
    count = session.get(Headcount, number)
    row = None if count is None else next((one for one in units_of(session, count) if one.code == code), None)
    if count is None or row is None:
        abort(404)
    facts, tree = facts_of(session, count, now()), load_tree(session)
    signed = [one.recount for one in facts.slips if one.unit == code and one.ended_at >= count.open_from]
    method = CountMethod(row.method)
    people: Sequence[Person] = ()
    if method in (CountMethod.BY_NAME, CountMethod.BY_SCAN):
        wanted = reckon(facts).unit(code).expected | facts.roster.units[code].assigned
        people = sorted(names(session, wanted).values(), key=lambda one: (one.surname, one.given, one.id))
    inside = {tree.zone(zone).code for zone in tree.within(row.zone_id)}
    mine = [one for one in cells(session).values() if one.zone in inside]
    shown = mine if method is CountMethod.VACANT_BEDS else []
    asked = not signed or row.recount > max(signed)
    return Entry(count, row, tree.path(row.zone_id), method, row.recount, people, shown, asked)


def _show(number: int, code: str, problem: Sentence | None) -> str:
    with writing() as session:
        entry = _entry(session, number, code)
        write_down(
            session, at=now(), actor=acting(), act="count.unit", subject=str(number), detail=f"unit {code}"
        )
    return render_template(
        "count_unit.html",
        entry=entry,
        problem=problem,
        typed=request.form,
        ticked=set(request.form.getlist("seen")),
        kind=KINDS[CountKind(entry.count.kind)],
        method=METHODS[entry.method],
        M=CountMethod,
        two=COURSES[CountKind(entry.count.kind)].two_counters,
        standing=COURSES[CountKind(entry.count.kind)].standing,
        opened=request.form.get("opened") or _open(),
    )


def _show_out(number: int, problem: Sentence | None) -> str:
    with reading() as session:
        count = session.get(Headcount, number)
        if count is None:
            abort(404)
        tree = load_tree(session)
        outs = out_counts.shown(session, count)
        people = names(session, [one.person for one in outs])
        zones = [(zone.code, tree.path(zone.id)) for zone in tree.zones()]
    return render_template(
        "count_out.html",
        count=count,
        kind=KINDS[CountKind(count.kind)],
        ended=State(count.state) in ENDED,
        outs=outs,
        people=people,
        zones=zones,
        paths=dict(zones),
        problem=problem,
        typed=request.form,
        steps=OUT_STEPS,
        me=visitor().login,
        opened=_open(),
    )


def _open() -> str:
    """Says when the page was opened, and names the slip once, so that sending it twice is one slip."""
    return str(_signer().dumps([secrets.token_hex(16), now().isoformat()]))


def _opened(text: str) -> tuple[bytes, datetime]:
    try:
        key, at = _signer().loads(text)
        return bytes.fromhex(key), datetime.fromisoformat(at)
    except (BadSignature, ValueError, TypeError):
        raise RefusedError("opened", Sentence("This form is too old. Open the page again.")) from None


def _signer() -> URLSafeSerializer:
    key = current_app.secret_key
    assert key is not None
    return URLSafeSerializer(key, salt="headcount")


def _number(text: str, most: int = MOST) -> int:
    number = number_in(text.strip(), none=-1)
    if not 0 <= number <= most:
        raise RefusedError("number", Sentence("Write how many there are, as a number."))
    return number
