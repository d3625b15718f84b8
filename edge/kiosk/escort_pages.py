"""Taking people through a gate: which group now, how many of it are through; and forgetting who is where."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import Signed
from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, signed_in_only, token
from edge.moves_forms import AreaResetQuestion, EscortQuestion, EscortsShown
from wire.versions import Count

pages = Blueprint("escort", __name__, url_prefix="/escort")

REASONS = ("After an evacuation", "Gate was out of order", "People passed without scanning")


@pages.get("/")
@signed_in_only
def page() -> str:
    return render_template("escort.html", escorts=_ask(active=True), fault="")


@pages.get("/state")
@signed_in_only
def state() -> str:
    """The changing part, which the page asks for by itself."""
    return render_template("escort_state.html", escorts=_ask(active=False))


@pages.post("/begin/<int:group>")
@signed_in_only
def begin(group: int) -> str | Response:
    try:
        desk().ask("escort_begin", EscortQuestion(token=token(), group=group), EscortsShown)
    except DeskRefusedError as refused:
        if refused.reason == "sign_in":
            raise
        return render_template("escort.html", escorts=_ask(active=True), fault=refused.sentence)
    return redirect(url_for("escort.page"), 303)


@pages.post("/end")
@signed_in_only
def end() -> Response:
    desk().ask("escort_end", Signed(token=token()), EscortsShown)
    return redirect(url_for("escort.page"), 303)


@pages.get("/reset")
@signed_in_only
def reset() -> str:
    """Asked before it is done: afterwards nobody behind this gate is known by scans."""
    return render_template("area_reset.html", reasons=REASONS, done=request.args.get("done") is not None)


@pages.post("/reset")
@signed_in_only
def forget() -> Response:
    reason = request.form.get("reason", "")
    if reason not in REASONS:
        abort(404)
    desk().ask("area_reset", AreaResetQuestion(token=token(), reason=reason), Count)
    return redirect(url_for("escort.reset", done=1), 303)


def _ask(*, active: bool) -> EscortsShown:
    return desk().ask("escorts", Signed(token=token(), active=active), EscortsShown)
