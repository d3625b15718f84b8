"""People counted outside their unit: declared by the officer who misses them, accepted by the one who has them."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, signed_in_only, token
from edge.unit.count_forms import CountShown
from edge.unit.forms import OfUnit, OutCounts, OutQuestion, RollLine, RollQuestion
from wire.happenings import OutCountStep

pages = Blueprint("out", __name__, url_prefix="/unit")

PLACES = 8
"""Places on one screen."""


@pages.get("/<unit>/out")
@signed_in_only
def page(unit: str) -> str:
    return _page(unit)


@pages.get("/<unit>/out/declare")
@signed_in_only
def declare(unit: str) -> str:
    """Who is missing here because they are elsewhere."""
    words = request.args.get("words", "")[:100]
    question = RollQuestion(token=token(), unit=unit, words=words)
    found = desk().ask("out_people", question, list[RollLine])
    return render_template("out_declare.html", unit=unit, people=found, words=words)


@pages.get("/<unit>/out/search")
@signed_in_only
def search(unit: str) -> str:
    return render_template("out_search.html", unit=unit)


@pages.get("/<unit>/out/declare/<number>")
@signed_in_only
def place(unit: str, number: str) -> str:
    """Where they are."""
    found = desk().ask("out_counts", OfUnit(token=token(), unit=unit), OutCounts)
    start = max(0, request.args.get("page", 0, type=int)) * PLACES
    people = desk().ask(
        "out_people", RollQuestion(token=token(), unit=unit, words=number[:32]), list[RollLine]
    )
    who = next((one for one in people if one.person == number), None)
    if who is None:
        abort(410)
    return render_template(
        "out_place.html",
        unit=unit,
        person=who,
        places=found.places[start : start + PLACES],
        page=start // PLACES,
        more=len(found.places) > start + PLACES,
    )


@pages.post("/<unit>/out")
@signed_in_only
def step(unit: str) -> str | Response:
    """Declares, accepts or withdraws; what was overtaken is shown as it now stands."""
    form = request.form
    if form.get("step") not in OutCountStep._value2member_map_:
        abort(404)
    what = OutCountStep(form["step"])
    session = form.get("session", type=int)
    if session is None:
        session = _open_session(unit)
    question = OutQuestion(
        token=token(),
        unit=unit,
        person=form.get("person", "")[:32] or " ",
        step=what,
        place=form.get("place", "")[:64] or "-",
        session=max(0, session),
    )
    try:
        desk().ask("out_step", question, OutCounts)
    except DeskRefusedError as refused:
        if refused.reason in ("sign_in", "no_unit"):
            raise
        return _page(unit, refused.sentence)
    return redirect(url_for("out.page", unit=unit), 303)


def _open_session(unit: str) -> int:
    """The count that it is declared for: the open one of the unit, else none in particular."""
    counts = desk().ask("counts", OfUnit(token=token(), unit=unit), list[CountShown])
    return next((one.session for one in counts if one.session), 0)


def _page(unit: str, fault: str = "") -> str:
    found = desk().ask("out_counts", OfUnit(token=token(), unit=unit), OutCounts)
    return render_template("out_counts.html", outs=found, fault=fault)
