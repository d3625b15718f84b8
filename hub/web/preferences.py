"""Language and light or dark, kept in the browser by the server: no script is needed for them."""

from __future__ import annotations

from typing import Final

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from hub.web.addresses import safe_path
from hub.web.door import Site, service
from hub.web.language import COOKIE as LANGUAGE_COOKIE
from hub.web.language import LANGUAGES
from hub.web.routes import PUBLIC, Pages

THEME_COOKIE: Final = "pims-theme"
THEMES: Final = ("auto", "light", "dark")
_YEAR_S: Final = 31_536_000

pages = Pages("preferences", __name__)


@pages.page("/preferences", PUBLIC, methods=("POST",))
def choose() -> Response:
    response = redirect(safe_path(request.form.get("next")), 303)
    language = request.form.get("language", "")
    if language in LANGUAGES:
        _keep(response, LANGUAGE_COOKIE, language)
    theme = request.form.get("theme", "")
    if theme in THEMES:
        _keep(response, THEME_COOKIE, theme)
    return response


def theme() -> str:
    """What the visitor chose: auto, light or dark."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def install(app: Flask) -> None:
    """Serve the choices and give templates `theme`."""
    app.register_blueprint(pages)
    app.jinja_env.globals["theme"] = theme


def _keep(response: Response, name: str, value: str) -> None:
    secure = service(Site).secure
    response.set_cookie(name, value, max_age=_YEAR_S, secure=secure, httponly=True, samesite="Strict")
