"""The second factor at the door, and again before a grave act."""

from __future__ import annotations

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hub.accounts.fresh import is_fresh
from hub.accounts.permissions import Permission
from hub.accounts.proof import show_proof, ways
from hub.web.addresses import safe_path
from hub.web.door import visitor
from hub.web.routes import Pages

pages = Pages("factor_door", __name__, template_folder="templates")


@pages.page("/second-factor", Permission.ENTERING, methods=("GET", "POST"))
def second_factor() -> Response | tuple[str, int]:
    going_to = safe_path(request.values.get("next"))
    if visitor().proved_at is not None:
        return redirect(going_to, 303)
    problem = show_proof() if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect(going_to, 303)
    page = render_template("second_factor.html", going_to=going_to, ways=ways(), problem=problem)
    return page, 200 if problem is None else 401


@pages.page("/confirm", Permission.SIGNED_IN, methods=("GET", "POST"))
def confirm() -> Response | tuple[str, int]:
    """Before a page with a grave act: who is it?"""
    going_to = safe_path(request.values.get("next"))
    if request.method == "GET" and is_fresh():
        return redirect(going_to, 303)
    problem = show_proof() if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect(going_to, 303)
    carried = [("next", going_to)]
    page = render_template(
        "confirm.html", action="/confirm", carried=carried, files=False, ways=ways(), problem=problem
    )
    return page, 200 if problem is None else 401
