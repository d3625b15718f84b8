"""Deny unless allowed: runs before every request, before its body is read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from hub.web.door import Site, Visitor, now, service
from hub.web.errors import wants_json
from hub.web.routes import PUBLIC, required_permission


def install(app: Flask) -> None:
    """Put the guard before every request of `app`."""
    app.before_request(_guard)
    app.before_request(_refuse_nul)


def _guard() -> Response | None:
    g.visitor = None
    if request.endpoint is None:
        return None
    view: Any = current_app.view_functions[request.endpoint]
    request.max_content_length = view.max_bytes
    g.visitor = _recognise(watching=view.watches)
    required = required_permission(view)
    if required == PUBLIC:
        return None
    if g.visitor is None:
        return _ask_to_sign_in()
    if required is None:
        abort(403)
    if g.visitor.may(required):
        return None
    if g.visitor.asked:
        return redirect(url_for(g.visitor.asked))
    # Break-glass opens files for reading: nothing is written under it.
    if request.method != "GET" or not g.visitor.may_about(required, _number()):
        abort(403)
    return None


def _number() -> str:
    """The person whose file the address names, "" when it names none."""
    return str((request.view_args or {}).get("number", ""))


def _refuse_nul() -> None:
    """No name or number holds the character 0, and PostgreSQL takes no text that does."""
    fields = request.form if request.method == "POST" and request.endpoint is not None else {}
    said = [request.path, *request.args.keys(), *request.args.values(), *fields.keys(), *fields.values()]
    if any("\x00" in text for text in said):
        abort(400)


def _recognise(*, watching: bool) -> Visitor | None:
    site = service(Site)
    token = request.cookies.get(site.session_cookie)
    if not token:
        return None
    return site.recognise(token, request.remote_addr or "unknown", watching, now())


def _ask_to_sign_in() -> Response:
    if wants_json() or request.method != "GET":
        abort(401)
    return redirect(
        url_for("accounts.sign_in_page") + "?" + urlencode({"next": request.full_path.rstrip("?")})
    )
