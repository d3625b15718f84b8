"""Alarms of the unit, and who is on the way."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import Signed
from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, signed_in_only, token
from edge.unit.forms import AlarmLine, AlarmQuestion

pages = Blueprint("alarms", __name__, url_prefix="/alarms")


@pages.get("/")
@signed_in_only
def page() -> str:
    return render_template("alarms.html", alarms=_alarms(active=True))


@pages.get("/state")
@signed_in_only
def state() -> str:
    """The changing part, which the page asks for by itself."""
    return render_template("alarms_state.html", alarms=_alarms(active=False))


@pages.post("/<int:number>/taken")
@signed_in_only
def taken(number: int) -> Response:
    try:
        desk().ask("alarm_taken", AlarmQuestion(token=token(), alarm=number), list[AlarmLine])
    except DeskRefusedError as refused:
        flash(refused.sentence)
    return redirect(url_for("alarms.page"), 303)


def _alarms(*, active: bool) -> list[AlarmLine]:
    return desk().ask("alarms", Signed(token=token(), active=active), list[AlarmLine])
