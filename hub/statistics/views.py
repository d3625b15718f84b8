"""Figures for those who run the prison: the plain table, each indicator with its definition, forms, kept rolls.

Small numbers stand here as they are. What is given out goes through disclosure control first.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Response as Sent
from flask import abort, current_app, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.custody.records import Booking
from hub.sentences import RefusedError, Sentence
from hub.statistics.cells import Figures
from hub.statistics.cuts import CUTS
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import UNITS
from hub.statistics.entered.actions import enter, entered, in_force
from hub.statistics.entered.records import ENTERED, Entered
from hub.statistics.forms import Form, un_cts, world_prison_brief
from hub.statistics.indicators.balancing import CODE as DOES_NOT_ADD_UP
from hub.statistics.periods import year_of
from hub.statistics.remembered import Remembered
from hub.statistics.showing import Notes, number, overview, rows_of, table_of, table_of_form, years_to_choose
from hub.statistics.snapshots.comparing import CAUSES, compare
from hub.statistics.snapshots.keeping import broken_seals, kept_on, prove
from hub.statistics.snapshots.records import RollSnapshot
from hub.web.door import now, reading, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.routes import Pages

pages = Pages("figures", __name__, template_folder="templates")

_ROLLS: Final = 60
_EXTENSION: Final = "pims.figures"


@pages.page("/figures", Permission.SEE_FIGURES)
def figures() -> str:
    year, known = _year(), known_at()
    with reading() as session:
        found, first = _of_year(session, year), _first_year(session)
    notes = Notes()
    return render_template(
        "figures.html", year=year, known=known_on(), figures=found, first=first, units=UNITS,
        rows=overview(found, list(INDICATORS.values()), notes), notes=notes.marked(),
        contradicted=found.held_for(DOES_NOT_ADD_UP),
        years=years_to_choose(first or year, now().astimezone(SITE_ZONE).year), known_at=known,
    )  # fmt: skip


@pages.page("/figures/of/<code>", Permission.SEE_FIGURES)
def indicator(code: str) -> str:
    one = INDICATORS.get(code)
    if one is None:
        abort(404)
    year, notes = _year(), Notes()
    with reading() as session:
        found = _of_year(session, year)
    cubes = [found.cube(code, *by) for by in one.cuts if len(by) == 1]
    return render_template(
        "figure.html", one=one, year=year, known=known_on(), figures=found, units=UNITS,
        whole=overview(found, [one], notes), tables=[(cube.cuts[0], rows_of(cube, notes)) for cube in cubes],
        notes=notes.marked(), contradicted=any(one.code == DOES_NOT_ADD_UP for one in notes.reasons),
    )  # fmt: skip


@pages.page("/figures.csv", Permission.SEE_FIGURES)
def table() -> Sent:
    year, day = _year(), known_on()
    with reading() as session:
        found = _of_year(session, year)
    return _file(table_of(found), f"figures-{year}{f'-as-known-{day}' if day else ''}.csv")


@pages.page("/figures/forms", Permission.SEE_FIGURES)
def forms() -> str:
    return _show_forms(None)


@pages.page("/figures/forms/<code>.csv", Permission.SEE_FIGURES)
def form_table(code: str) -> Sent:
    with reading() as session:
        found = {one.code: one for one in _forms(session)}
    if code not in found:
        abort(404)
    return _file(table_of_form(found[code]), f"{code}-{_year()}.csv")


@pages.page("/figures/entered", Permission.PUBLISH_FIGURES, methods=("POST",))
def keep_entered() -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            enter(
                session, _name(form.get("name", "")), _value(form.get("value", "")), _day(form.get("effective_on", "")),
                form.get("source", ""), actor=acting(), at=now(),
            )  # fmt: skip
    except RefusedError as error:
        return _show_forms(error.message), 409
    return redirect(url_for("figures.forms", year=_year()), 303)


@pages.page("/figures/rolls", Permission.SEE_FIGURES)
def rolls() -> str:
    wanted, known = select(RollSnapshot).order_by(RollSnapshot.day.desc()).limit(_ROLLS), known_at()
    if known is not None:
        wanted = wanted.where(RollSnapshot.taken_at <= known)
    with reading() as session:
        rows, broken = session.scalars(wanted).all(), broken_seals(session)
    return render_template("rolls.html", rows=rows, broken=broken, known=known_on())


@pages.page("/figures/rolls/<day>", Permission.SEE_FIGURES)
def roll(day: str) -> str:
    """What was kept, what the facts give again as known then, and what is known now, or was on an earlier day."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        abort(404)
    with reading() as session:
        row = kept_on(session, on)
        if row is None:
            abort(404)
        proof = prove(session, row)
        found = compare(session, row.day, then=row.known_at, now=known_at() or now())
    return render_template(
        "roll.html", row=row, proof=proof, found=found, causes=CAUSES, cuts=CUTS, known=known_on()
    )


def _show_forms(problem: Sentence | None) -> str:
    year, at = _year(), known_at()
    with reading() as session:
        found = _forms(session)
        rows = [(ENTERED[name], row) for name in Entered for row in entered(session, name, at)]
    notes = Notes()
    return render_template(
        "figure_forms.html", year=year, known=known_on(), forms=found, entered=rows, names=ENTERED, units=UNITS,
        number=number, notes=notes, problem=problem, typed=request.form,
    )  # fmt: skip


def _forms(session: Session) -> tuple[Form, ...]:
    year = year_of(_year())
    found = _of_year(session, year.year)
    # A year that goes on is shown as at the end of the last month that is over.
    over = [one for one in found.periods if not found.cube("population").cell(one).held]
    period = year if year in over or not over else over[-1]
    in_hand = {name: in_force(entered(session, name, known_at()), period.last_on) for name in Entered}
    return world_prison_brief(found, period, in_hand), un_cts(found, period)


def _of_year(session: Session, year: int) -> Figures:
    remembered: Remembered = current_app.extensions.setdefault(_EXTENSION, Remembered())
    return remembered.of_year(session, year, known_at(), now())


def _first_year(session: Session) -> int | None:
    """Of the first admission; None where nobody ever came."""
    first = session.scalar(select(func.min(Booking.admitted_at)))
    return None if first is None else first.astimezone(SITE_ZONE).year


def _year() -> int:
    """The year that was asked for; the present one otherwise. RefusedError for what is none."""
    text = request.values.get("year", "").strip()
    this = (known_on() or now().astimezone(SITE_ZONE).date()).year
    if not text:
        return this
    if (
        not (text.isascii() and text.isdigit())
        or not 1900 <= int(text[:9]) <= now().astimezone(SITE_ZONE).year
    ):
        raise RefusedError("no_year", Sentence("Choose a year from 1900 to the present one."))
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None


def _name(text: str) -> Entered:
    try:
        return Entered(text)
    except ValueError:
        raise RefusedError("no_such_figure", Sentence("Choose which figure it is.")) from None


def _value(text: str) -> int:
    plain = text.replace(",", "").replace(" ", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else 0


def _file(text: str, name: str) -> Sent:
    answer = Sent(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
