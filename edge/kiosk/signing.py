"""Signing in and out: the name from the list, the PIN on the pad."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import FingerState, FingerStep, Nothing, Officer, Session, Signed, SignInQuestion
from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, token

pages = Blueprint("signing", __name__)


@pages.get("/sign-in")
def page() -> str:
    return _page(request.args.get("next", ""))


@pages.get("/sign-in/<login>")
def pin(login: str) -> str:
    return _page(request.args.get("next", ""), login=login)


@pages.post("/sign-in/<login>")
def enter(login: str) -> str | Response | tuple[str, int]:
    onward = request.form.get("next", "")
    try:
        question = SignInQuestion(login=login[:64], pin=request.form.get("pin", "")[:32] or " ")
        found = desk().ask("sign_in", question, Session)
    except DeskRefusedError as refusal:
        return _page(onward, login=login, refusal=refusal), 403
    kept = {"csrf": session.get("csrf")}
    session.clear()
    session.update(kept)
    onward = onward if _is_ours(onward) else url_for("home.page")
    if found.finger:
        session["awaited"] = found.token
        return redirect(url_for("signing.finger", next=onward), 303)
    session["token"] = found.token
    return redirect(onward)


@pages.get("/sign-in-finger")
def finger() -> str | Response:
    """The officer's own finger, where it is enrolled: the PIN alone opens nothing then."""
    onward = request.args.get("next", "")
    onward = onward if _is_ours(onward) else url_for("home.page")
    step = _finger_step()
    if step.state is FingerState.DONE:
        return redirect(onward)
    if step.state is FingerState.OVER:
        return redirect(url_for("signing.page", next=onward))
    return render_template("sign_in_finger.html", onward=onward, left_s=step.left_s)


@pages.get("/sign-in-finger/state")
def finger_state() -> dict[str, object]:
    """How far it is, which the page asks by itself."""
    step = _finger_step()
    return {"state": step.state.value, "left_s": step.left_s}


def _finger_step() -> FingerStep:
    awaited = str(session.get("awaited", ""))
    if not awaited:
        return FingerStep(state=FingerState.OVER)
    step = desk().ask("sign_in_finger", Signed(token=awaited), FingerStep)
    if step.state is not FingerState.WAITING:
        session.pop("awaited", None)
    if step.state is FingerState.DONE:
        session["token"] = awaited
    return step


@pages.post("/sign-out")
def leave() -> Response:
    if token():
        desk().ask("sign_out", Signed(token=token()), type(None))
    session.pop("token", None)
    return redirect(url_for("home.page"))


def _page(onward: str, login: str = "", refusal: DeskRefusedError | None = None) -> str:
    officers = desk().ask("officers", Nothing(), list[Officer])
    chosen = next((one for one in officers if one.login == login), None)
    return render_template("sign_in.html", officers=officers, chosen=chosen, onward=onward, refusal=refusal)


def _is_ours(address: str) -> bool:
    """A path of this page, not an address elsewhere."""
    return address.startswith("/") and not address.startswith("//") and "\\" not in address
