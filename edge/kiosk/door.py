"""Who is at the page, and what no other page of this machine may do in their name."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import Officer, Signed
from edge.desk.client import Desk
from edge.errors import DeskRefusedError

DESK = "pims-desk"
SIGN_IN = "sign_in"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

P = ParamSpec("P")
R = TypeVar("R")


def desk() -> Desk:
    """The agent, as this request may ask it."""
    found: Desk = current_app.extensions[DESK]
    return found


def token() -> str:
    """What proves that an officer is signed in at this browser, empty when nobody is."""
    return str(session.get("token", ""))


def officer(*, active: bool = False) -> Officer | None:
    """Who is signed in. `active` when a person did something, not the page by itself."""
    if not token():
        return None
    try:
        return desk().ask("who", Signed(token=token(), active=active), Officer)
    except DeskRefusedError:
        session.pop("token", None)
        return None


def signed_in_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Sends whoever is not signed in to do so first; other refusals go on to the error page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if officer(active=request.args.get("quiet") is None) is None:
            # Where something was to be sent, nothing is to be seen: whoever signs in again begins at home.
            sent = request.method == "POST"
            return redirect(url_for("signing.page", next="" if sent else request.path), 303 if sent else 302)
        return view(*args, **kwargs)

    return guarded


def csrf() -> str:
    """What each form of this browser carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def install(app: Flask, hosts: frozenset[str]) -> None:
    """Guards every request of `app`, which answers to `hosts` alone."""

    def guard() -> None:
        if request.host not in hosts:
            abort(421)
        if request.method in ("GET", "HEAD"):
            return
        given = request.form.get("csrf", "") or request.headers.get("X-CSRF", "")
        if request.method != "POST" or not hmac.compare_digest(given.encode(), csrf().encode()):
            abort(403)

    app.before_request(guard)
    app.after_request(_add_headers)
    app.jinja_env.globals.update({"csrf": csrf, "officer": officer})


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
