"""Taking a headcount: begin, count, signs of life, slip, PINs. One thing at a time, blind until the slip is signed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, officer, signed_in_only, token
from edge.kiosk.units import METHODS, officers
from edge.unit.forms import (
    BedLine,
    CountList,
    CountListQuestion,
    CountQuestion,
    CountShown,
    MarkQuestion,
    OfUnit,
    ScanQuestion,
    ScanState,
    SlipQuestion,
    SlipTaken,
)
from wire.happenings import CountMethod

pages = Blueprint("count", __name__, url_prefix="/unit")

MOST = 10_000
BEDS = 12
"""Cells on one screen."""
NO_DRAFT = ("blind", "sign_in", "no_unit", "no_count")
"""Refusals after which what was typed is of no more use."""


@dataclass(frozen=True)
class Draft:
    """What the officer has said so far; it goes from page to page in the form, and nowhere else."""

    observed: int
    life: bool
    second: str
    alone: bool
    remarks: str
    beds: dict[str, int]
    method: CountMethod
    recount: int

    @property
    def fields(self) -> list[tuple[str, str]]:
        """For the next form."""
        kept = [("observed", str(self.observed)), ("remarks", self.remarks), ("second", self.second)]
        kept += [("method", self.method.value), ("recount", str(self.recount))]
        kept += [("life", "yes")] if self.life else []
        kept += [("alone", "yes")] if self.alone else []
        return kept + [(f"bed {cell}", str(number)) for cell, number in self.beds.items()]


@pages.get("/<unit>/count")
@signed_in_only
def page(unit: str) -> str:
    """Counts that this unit is to take."""
    return render_template("counts.html", unit=unit, counts=_counts(unit))


@pages.get("/<unit>/count/state")
@signed_in_only
def state(unit: str) -> str:
    return render_template("counts_state.html", unit=unit, counts=_counts(unit, active=False))


@pages.post("/<unit>/count/<int:session>/begin")
@signed_in_only
def begin(unit: str, session: int) -> Response:
    """The walk begins, and with it the time."""
    found = desk().ask("count_begin", CountQuestion(token=token(), unit=unit, session=session), CountShown)
    method = request.form.get("method", found.method.value)
    return redirect(url_for("count.go_on", unit=unit, session=session, method=method), 303)


@pages.post("/<unit>/count/<int:session>/leave")
@signed_in_only
def leave(unit: str, session: int) -> Response:
    desk().ask("count_leave", CountQuestion(token=token(), unit=unit, session=session), type(None))
    return redirect(url_for("count.page", unit=unit), 303)


@pages.get("/<unit>/count/<int:session>")
@signed_in_only
def go_on(unit: str, session: int) -> str | Response:
    """The one page that this way of counting needs: a number pad, a list, the glass, or beds."""
    count = _one(unit, session)
    if count.begun_s is None:
        return redirect(url_for("count.page", unit=unit))
    method = _method(count)
    if method is CountMethod.BY_NAME:
        return _listing(unit, session)
    if method is CountMethod.BY_SCAN:
        return render_template("count_scan.html", unit=unit, count=count, scan=_scanned(unit, session))
    if method is CountMethod.VACANT_BEDS:
        return _beds_page(count, _empty(count, method), own=True)
    return render_template("count_pad.html", unit=unit, count=count, fault="", typed="")


@pages.get("/<unit>/count/<int:session>/search")
@signed_in_only
def search(unit: str, session: int) -> str:
    return render_template("count_search.html", unit=unit, session=session)


@pages.post("/<unit>/count/<int:session>/mark")
@signed_in_only
def mark(unit: str, session: int) -> Response:
    """Seen alive, or taken back; without a number somebody whom nobody knows."""
    form = request.form
    question = MarkQuestion(
        token=token(),
        unit=unit,
        session=session,
        person=form.get("person") or None,
        taken_back=form.get("back") == "yes",
    )
    desk().ask("count_mark", question, CountShown)
    where = url_for(
        "count.go_on",
        unit=unit,
        session=session,
        method=CountMethod.BY_NAME.value,
        words=form.get("words") or None,
        page=form.get("page") or None,
    )
    return redirect(where, 303)


@pages.post("/<unit>/count/<int:session>/scan")
@signed_in_only
def scan(unit: str, session: int) -> Response:
    """Takes the glass for the count, or gives it back to the gate."""
    on = request.form.get("on") == "yes"
    desk().ask("count_scan", ScanQuestion(token=token(), unit=unit, session=session, on=on), ScanState)
    where = url_for("count.go_on", unit=unit, session=session, method=CountMethod.BY_SCAN.value)
    return redirect(where, 303)


@pages.get("/<unit>/count/<int:session>/scan/state")
@signed_in_only
def scan_state(unit: str, session: int) -> str:
    """The changing part, which the page asks for by itself."""
    return render_template("count_scan_state.html", scan=_scanned(unit, session))


@pages.post("/<unit>/count/<int:session>/slip")
@signed_in_only
def slip(unit: str, session: int) -> str | Response:
    """One step of the slip; everything said so far goes along."""
    count = _one(unit, session)
    try:
        draft = _draft(count)
    except ValueError:
        return render_template(
            "count_pad.html",
            unit=unit,
            count=count,
            fault="Type the number of people that you saw.",
            typed=request.form.get("observed", "")[:6],
        )
    go = request.form.get("go", "life")
    if go == "signed":
        return _sign(count, draft)
    if go == "beds":
        return _beds_page(count, draft)
    if go == "life" and draft.method is not CountMethod.VACANT_BEDS:
        return render_template("count_life.html", count=count, draft=draft)
    if go == "sign" and not (draft.second or draft.alone):
        go = "second"
    templates = {"second": "count_second.html", "remarks": "count_remarks.html", "sign": "count_sign.html"}
    return _step(templates.get(go, "count_slip.html"), count, draft)


@pages.get("/<unit>/count/<int:session>/signed/<int:observed>")
@signed_in_only
def signed(unit: str, session: int, observed: int) -> str:
    return render_template("count_signed.html", unit=unit, observed=observed)


def _sign(count: CountShown, draft: Draft) -> str | Response:
    question = SlipQuestion(
        token=token(),
        unit=count.unit,
        session=count.session,
        recount=draft.recount,
        method=draft.method,
        observed=draft.observed,
        signs_of_life=draft.life,
        pin=request.form.get("pin", "")[:32] or " ",
        second=draft.second or None,
        second_pin=request.form.get("second_pin", "")[:32],
        vacant_beds=[f"{cell} {number}" for cell, number in draft.beds.items() if number],
        remarks=draft.remarks,
    )
    try:
        taken = desk().ask("slip", question, SlipTaken)
    except DeskRefusedError as refused:
        if refused.reason in NO_DRAFT:
            raise
        return _step("count_sign.html", count, draft, refused.sentence)
    where = url_for("count.signed", unit=count.unit, session=count.session, observed=taken.observed)
    return redirect(where, 303)


def _step(template: str, count: CountShown, draft: Draft, fault: str = "") -> str:
    me = officer()
    others = [one for one in officers() if me is None or one.login != me.login]
    second = next((one for one in others if one.login == draft.second), None)
    return render_template(
        template,
        count=count,
        draft=draft,
        officers=others,
        second=second,
        me=me,
        fault=fault,
        methods=METHODS,
        beds=sum(draft.beds.values()),
    )


def _draft(count: CountShown) -> Draft:
    """ValueError when the number is none."""
    form = request.form
    method = _method(count)
    beds = {name[4:]: min(99, max(0, int(value))) for name, value in form.items() if name.startswith("bed ")}
    if (change := form.get("change", "")) and change[1:] in beds:
        beds[change[1:]] = max(0, beds[change[1:]] + (1 if change[0] == "+" else -1))
    if method is CountMethod.VACANT_BEDS:
        observed = sum(beds.values())
    elif method is CountMethod.NUMBER:
        observed = int(form.get("observed", "").strip())
    else:
        observed = count.tally
    if not 0 <= observed < MOST:
        raise ValueError
    return Draft(
        observed=observed,
        life=form.get("life") == "yes",
        second="" if form.get("alone") == "yes" else form.get("second", "")[:64],
        alone=form.get("alone") == "yes",
        remarks=form.get("remarks", "")[:200],
        beds=beds,
        method=method,
        recount=form.get("recount", count.recount, type=int),
    )


def _empty(count: CountShown, method: CountMethod) -> Draft:
    return Draft(0, False, "", False, "", {}, method, count.recount)


def _method(count: CountShown) -> CountMethod:
    """What the control room asked for; a count that was begun here may be taken in any way."""
    said = request.values.get("method", "")
    if count.session == 0 and said in CountMethod._value2member_map_:
        return CountMethod(said)
    return count.method


def _beds_page(count: CountShown, draft: Draft, *, own: bool = False) -> str:
    """Cell after cell from the first. `own` when the beds are the count itself."""
    beds = desk().ask("count_beds", OfUnit(token=token(), unit=count.unit), list[BedLine])
    held = {one.cell: draft.beds.get(one.cell, 0) for one in beds}
    start = max(0, request.form.get("at", 0, type=int))
    start = start if start < len(beds) else 0
    full = Draft(**{**draft.__dict__, "beds": held})
    return render_template(
        "count_beds.html",
        count=count,
        draft=full,
        lines=beds[start : start + BEDS],
        at=start,
        size=BEDS,
        more=len(beds) > start + BEDS,
        own=own or draft.method is CountMethod.VACANT_BEDS,
        total=sum(held.values()),
    )


def _listing(unit: str, session: int) -> str:
    words = request.args.get("words", "")[:100]
    page = max(0, request.args.get("page", 0, type=int))
    question = CountListQuestion(token=token(), unit=unit, session=session, words=words, page=page)
    found = desk().ask("count_list", question, CountList)
    return render_template("count_list.html", unit=unit, listing=found, words=words, page=page)


def _counts(unit: str, *, active: bool = True) -> list[CountShown]:
    return desk().ask("counts", OfUnit(token=token(), unit=unit, active=active), list[CountShown])


def _one(unit: str, session: int) -> CountShown:
    return desk().ask("count", CountQuestion(token=token(), unit=unit, session=session), CountShown)


def _scanned(unit: str, session: int) -> ScanState:
    question = CountQuestion(token=token(), unit=unit, session=session, active=False)
    return desk().ask("count_scanned", question, ScanState)
