"""The officer's page put together."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException

from edge.attestation.forms import Nothing
from edge.desk.client import Desk
from edge.errors import DeskAbsentError, DeskRefusedError
from edge.inmate import page as inmate_page
from edge.inmate.front import Picture
from edge.kiosk import (
    alarm_pages,
    count_pages,
    door,
    enrolment_page,
    escort_pages,
    formats,
    home,
    out_pages,
    panic,
    referral_pages,
    roll_pages,
    signing,
    slip_pages,
    unit_pages,
    words,
)

BLUEPRINTS = (
    home.pages,
    panic.pages,
    signing.pages,
    referral_pages.pages,
    roll_pages.pages,
    unit_pages.pages,
    out_pages.pages,
    count_pages.pages,
    slip_pages.pages,
    alarm_pages.pages,
    escort_pages.pages,
    enrolment_page.pages,
)

_SENTENCES: Mapping[int, str] = {
    403: "This page stood open for too long. Go home and start again.",
    404: "There is no such page on this terminal.",
    410: "Nobody waits here any more: it was answered, or took too long.",
    421: "This page is only for the screen of this terminal.",
}


def create_app(desk: Desk, port: int) -> Flask:
    """The page on loopback port `port`. Its cookies hold for as long as the process lives."""
    app = Flask("edge.kiosk", template_folder="templates", static_folder="static")
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),
        SESSION_COOKIE_NAME="pims-page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    app.extensions[door.DESK] = desk
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    door.install(app, frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}))
    words.install(app)
    formats.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_blueprint(inmate_page.blueprint(lambda: desk.ask("inmate", Nothing(), Picture)))
    app.register_error_handler(DeskAbsentError, _absent)
    app.register_error_handler(DeskRefusedError, _refused)
    app.register_error_handler(HTTPException, _wrong)
    return app


def _absent(error: DeskAbsentError) -> tuple[str, int]:
    return render_template("absent.html", sentence=error.sentence, agent_absent=True), 503


def _refused(error: DeskRefusedError) -> tuple[str, int]:
    if error.reason == "blind":
        unit = (request.view_args or {}).get("unit")
        return render_template("blind.html", sentence=error.sentence, unit=unit), 409
    return render_template("wrong.html", sentence=error.sentence), 409


def _wrong(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    sentence = _SENTENCES.get(code, "That could not be done. Go home and try again.")
    return render_template("wrong.html", sentence=sentence), code
