"""The first page: where this is, how it stands, and what waits."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import Home, Nothing
from edge.kiosk.door import desk
from edge.kiosk.units import chosen, unit_home
from edge.kiosk.words import COOKIE, languages

pages = Blueprint("home", __name__)

THEMES = ("light", "dark")
THEME_COOKIE = "pims-theme"
_YEAR_S = 31_536_000


@pages.get("/")
def page() -> str:
    return _show("home.html")


@pages.get("/state")
def state() -> str:
    """The changing part of the first page."""
    return _show("home_state.html")


@pages.get("/more")
def more() -> str:
    """How the terminal stands, language and light."""
    return render_template("more.html", home=_home())


@pages.post("/language/<code>")
def choose_language(code: str) -> Response:
    if code not in languages():
        abort(404)
    return _remember(COOKIE, code)


@pages.post("/theme/<name>")
def choose_theme(name: str) -> Response:
    if name not in THEMES:
        abort(404)
    return _remember(THEME_COOKIE, name)


def _show(template: str) -> str:
    units = unit_home()
    return render_template(template, home=_home(), units=units, line=chosen(units))


def _home() -> Home:
    return desk().ask("home", Nothing(), Home)


def _remember(name: str, value: str) -> Response:
    response = make_response(redirect(url_for("home.page")))
    response.set_cookie(name, value, max_age=_YEAR_S, httponly=True, samesite="Strict")
    return response
