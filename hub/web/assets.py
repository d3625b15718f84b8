"""Styles and modules, served under a name that changes with their content, so browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, abort, send_from_directory
from werkzeug.wrappers import Response

from hub.web.routes import PUBLIC, Pages

FOLDER = Path(__file__).parent / "static"
_YEAR_S = 31_536_000

pages = Pages("assets", __name__)


@lru_cache
def digest() -> str:
    """One name for the state of all files: modules can import each other by relative addresses."""
    whole = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]


def address(name: str) -> str:
    """URL path of a file in the static folder."""
    return f"/assets/{digest()}/{name}"


@pages.page("/assets/<state>/<path:name>", PUBLIC)
def asset(state: str, name: str) -> Response:
    if state != digest():
        abort(404)
    response = send_from_directory(FOLDER, name, max_age=_YEAR_S)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return response


def install(app: Flask) -> None:
    """Serve the files and give templates `asset`."""
    app.register_blueprint(pages)
    app.jinja_env.globals["asset"] = address
