"""Taking a headcount: begin, count, signs of life, slip, PINs. One thing at a time, blind until the slip is signed."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.kiosk.door import desk, signed_in_only, token
from edge.kiosk.slip_pages import beds_page, empty, method_of, one
from edge.kiosk.units import terminal
from edge.unit.count_forms import (
    CountList,
    CountListQuestion,
    CountQuestion,
    CountShown,
    MarkQuestion,
    ScanQuestion,
    ScanState,
)
from edge.unit.forms import OfUnit
from wire.happenings import CountMethod
from wire.unit import CountPhase

pages = Blueprint("count", __name__, url_prefix="/unit")


@pages.get("/<unit>/count")
@signed_in_only
def page(unit: str) -> str:
    """Counts that this unit is to take."""
    return _listed("counts.html", unit, active=True)


@pages.get("/<unit>/count/state")
@signed_in_only
def state(unit: str) -> str:
    return _listed("counts_state.html", unit, active=False)


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
    count = one(unit, session)
    if count.begun_s is None:
        return redirect(url_for("count.page", unit=unit))
    method = method_of(count)
    if method is CountMethod.BY_NAME:
        return _listing(unit, session)
    if method is CountMethod.BY_SCAN:
        return render_template("count_scan.html", unit=unit, count=count, scan=_scanned(unit, session))
    if method is CountMethod.VACANT_BEDS:
        return beds_page(count, empty(count, method), own=True)
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


def _listing(unit: str, session: int) -> str:
    words = request.args.get("words", "")[:100]
    page = max(0, request.args.get("page", 0, type=int))
    question = CountListQuestion(token=token(), unit=unit, session=session, words=words, page=page)
    found = desk().ask("count_list", question, CountList)
    return render_template("count_list.html", unit=unit, listing=found, words=words, page=page)


def _listed(template: str, unit: str, *, active: bool) -> str:
    counts = desk().ask("counts", OfUnit(token=token(), unit=unit, active=active), list[CountShown])
    signed = all(one.slips and one.begun_s is None and one.phase is not CountPhase.RECOUNT for one in counts)
    may_be_own = bool(counts) and signed and terminal().connected is False
    return render_template(template, unit=unit, counts=counts, may_be_own=may_be_own)


def _scanned(unit: str, session: int) -> ScanState:
    question = CountQuestion(token=token(), unit=unit, session=session, active=False)
    return desk().ask("count_scanned", question, ScanState)
