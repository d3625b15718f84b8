"""The list of holidays: proposed by one person, signed by another, taken out the same way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.custody.sentencing import holidays
from hub.reception.file.subject import actor
from hub.reception.sentencing.words import WEEKDAYS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("holidays", __name__, template_folder="templates")


@pages.page("/policies/holidays", Permission.SEE_PEOPLE)
def listed() -> str:
    return _show(None)


@pages.page("/policies/holidays", Permission.SET_POLICIES, methods=("POST",))
def decide() -> Response | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            act = _ACTS.get(request.form.get("act", ""))
            if act is None:
                raise RefusedError("no_act", Sentence("Choose what is to be done."))
            act(session)
    except RefusedError as error:
        return _show(error.message), 400
    return redirect(url_for("holidays.listed"), 303)


def _show(problem: Sentence | None) -> str:
    with reading() as session:
        found = holidays.listed(session, known_at=known_at())
        signed = holidays.signed_on(session, [one.row.on for one in found]) if known_at() is None else {}
    return render_template(
        "sentencing/holidays.html",
        found=found,
        signed=signed,
        known_on=known_on(),
        may=visitor().may(Permission.SET_POLICIES) and known_on() is None,
        me=visitor().login,
        problem=problem,
        typed=request.form,
        weekdays=WEEKDAYS,
    )


def _propose(session: Session) -> None:
    form = request.form
    name, authority = form.get("name", ""), form.get("authority", "")
    holidays.propose_holiday(session, _day(), name, authority, actor=actor(), at=now())


def _accept(session: Session) -> None:
    holidays.accept_holiday(session, _which(), actor=actor(), at=now())


def _leave(session: Session) -> None:
    holidays.propose_to_take_out(session, _which(), actor=actor(), at=now())


def _take_out(session: Session) -> None:
    holidays.take_out(session, _which(), actor=actor(), at=now())


_ACTS: Final[dict[str, Callable[[Session], None]]] = {
    "propose": _propose,
    "accept": _accept,
    "leave": _leave,
    "take_out": _take_out,
}


def _which() -> int:
    return number_in(request.form.get("holiday", ""))


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None
