"""Signing in and out: the name from the list, the PIN on the pad."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import Nothing, Officer, Session, Signed, SignInQuestion
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
    session["token"] = found.token
    return redirect(onward if _is_ours(onward) else url_for("home.page"))


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
