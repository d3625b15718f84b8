"""The unit's roll with faces and the age of each place, and taking the unit over."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, officer, signed_in_only, token
from edge.kiosk.units import choose, officers, unit_home
from edge.unit.count_forms import MarkQuestion
from edge.unit.forms import OfUnit, RollLine, RollQuestion, ShiftQuestion, ShiftShown, UnitRoll

pages = Blueprint("unit", __name__, url_prefix="/unit")

ONLY = ("all", "here", "out", "visiting", "unproven")
MOST_PAGES = 1_000


@pages.get("/choose/<unit>")
def pick(unit: str) -> Response:
    """Which unit this screen is about, where the terminal has two."""
    if unit not in {one.unit for one in unit_home().units}:
        abort(404)
    choose(unit)
    return redirect(url_for("home.page"))


@pages.get("/<unit>/roll")
@signed_in_only
def roll(unit: str) -> str:
    only = request.args.get("only", "all")
    page = min(request.args.get("page", 0, type=int), MOST_PAGES)
    words = request.args.get("words", "")[:100]
    if only not in ONLY or page < 0:
        abort(404)
    question = RollQuestion(token=token(), unit=unit, only=only, words=words, page=page)
    found = desk().ask("unit_roll", question, UnitRoll)
    return render_template("unit_roll.html", roll=found, only=only, words=words, page=page)


@pages.get("/<unit>/search")
@signed_in_only
def search(unit: str) -> str:
    """The keyboard, and nothing else."""
    return render_template("unit_search.html", unit=unit)


@pages.get("/<unit>/roll/<number>")
@signed_in_only
def person(unit: str, number: str) -> str:
    question = MarkQuestion(token=token(), unit=unit, session=0, person=number[:32] or " ")
    found = desk().ask("unit_person", question, RollLine)
    return render_template("unit_person.html", person=found, unit=unit)


@pages.get("/<unit>/shift")
@signed_in_only
def shift(unit: str) -> str:
    return _shift(unit)


@pages.post("/<unit>/shift")
@signed_in_only
def take_shift(unit: str) -> str | Response:
    """Journals who took over from whom, and the number that was shown; a refusal loses nothing that was typed."""
    form = request.form
    try:
        question = ShiftQuestion(
            token=token(),
            unit=unit,
            from_officer=form.get("from") or None,
            roll_seen=int(form.get("roll_seen", "0")),
            remarks=form.get("remarks", "")[:200],
        )
        desk().ask("take_shift", question, ShiftShown)
    except ValueError:
        abort(404)
    except DeskRefusedError as refused:
        if refused.reason in ("blind", "sign_in", "no_unit"):
            raise
        return _shift(unit, refused.sentence)
    return redirect(url_for("unit.shift_taken", unit=unit), 303)


@pages.get("/<unit>/shift/taken")
@signed_in_only
def shift_taken(unit: str) -> str:
    found = desk().ask("shift", OfUnit(token=token(), unit=unit), ShiftShown)
    return render_template("shift_taken.html", shift=found)


def _shift(unit: str, fault: str = "") -> str:
    found = desk().ask("shift", OfUnit(token=token(), unit=unit), ShiftShown)
    me = officer()
    others = [one for one in officers() if me is None or one.login != me.login]
    typed = request.form.to_dict()
    return render_template(
        "shift.html",
        shift=found,
        officers=others,
        fault=fault,
        typed=typed,
        step=request.args.get("step", ""),
    )
