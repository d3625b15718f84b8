"""The slip of a headcount: its number, signs of life, second counter, empty beds, remarks, and the PINs under it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, officer, signed_in_only, token
from edge.kiosk.units import METHODS, officers
from edge.unit.count_forms import BedLine, CountQuestion, CountShown, SlipQuestion, SlipTaken
from edge.unit.forms import OfUnit
from wire.happenings import CountMethod

pages = Blueprint("slip", __name__, url_prefix="/unit")

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


@pages.post("/<unit>/count/<int:session>/slip")
@signed_in_only
def slip(unit: str, session: int) -> str | Response:
    """One step of the slip; everything said so far goes along."""
    count = one(unit, session)
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
        return beds_page(count, draft)
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
    where = url_for("slip.signed", unit=count.unit, session=count.session, observed=taken.observed)
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
    method = method_of(count)
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


def empty(count: CountShown, method: CountMethod) -> Draft:
    return Draft(0, False, "", False, "", {}, method, count.recount)


def method_of(count: CountShown) -> CountMethod:
    """What the control room asked for; a count that was begun here may be taken in any way."""
    said = request.values.get("method", "")
    if count.session == 0 and said in CountMethod._value2member_map_:
        return CountMethod(said)
    return count.method


def beds_page(count: CountShown, draft: Draft, *, own: bool = False) -> str:
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


def one(unit: str, session: int) -> CountShown:
    return desk().ask("count", CountQuestion(token=token(), unit=unit, session=session), CountShown)
