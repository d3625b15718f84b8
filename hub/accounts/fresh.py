"""Asking again who sits there before a grave act; what was typed goes on with it."""

from __future__ import annotations

from datetime import timedelta

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.policy import FRESH_FOR
from hub.accounts.proof import FIELDS, show_proof, ways
from hub.web.door import now, visitor

_NOT_CARRIED = {*FIELDS, "csrf_token"}


def is_fresh() -> bool:
    """Whether the visitor proved who they are a moment ago."""
    proved_at = visitor().proved_at
    return proved_at is not None and timedelta(0) <= now() - proved_at < FRESH_FOR


def require_fresh_factor() -> Response | None:
    """First line of the view of a grave act: what to answer instead, None when the act may go on.

    A form that is sent comes back with its fields and a question for the second factor, and goes on when that is
    answered. Handed-in files cannot be carried: a view that takes some asks on its GET too.
    """
    if is_fresh():
        return None
    if request.method != "POST":
        return redirect(url_for("factor_door.confirm", next=request.full_path.rstrip("?")))
    problem = None
    if "proof" in request.form:
        problem = show_proof()
        if problem is None:
            return None
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_CARRIED]
    page = render_template(
        "confirm.html",
        action=request.full_path.rstrip("?"),
        carried=carried,
        files=bool(request.files),
        ways=ways(),
        problem=problem,
    )
    return make_response(page, 401)
