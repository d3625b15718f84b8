"""Setting a password with a slip, without signing in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Permission
from hub.accounts.policy import SignInRules
from hub.accounts.rules import MIN_PASSWORD_LENGTH
from hub.accounts.slips.actions import use_slip
from hub.accounts.tries import MustWaitError
from hub.sentences import RefusedError, Sentence
from hub.web.door import Site, now, service
from hub.web.routes import Pages

pages = Pages("slips", __name__, template_folder="../templates")


@pages.page("/reset", Permission.PUBLIC, methods=("GET", "POST"))
def reset() -> Response | tuple[str, int]:
    problem, status = (None, 200) if request.method == "GET" else _use()
    if request.method == "POST" and problem is None:
        return redirect(url_for("accounts.sign_in_page", done="reset"), 303)
    form = request.form
    page = render_template(
        "reset.html",
        problem=problem,
        shortest=MIN_PASSWORD_LENGTH,
        login=form.get("login", "")[:64],
        code=form.get("code", "")[:40],
    )
    return page, status


def _use() -> tuple[Sentence | None, int]:
    form = request.form
    if form.get("new", "") != form.get("again", ""):
        return Sentence("The two new passwords differ. Type the same one twice."), 400
    try:
        use_slip(
            service(Site).sessions,
            service(Passwords),
            login=form.get("login", ""),
            code=form.get("code", ""),
            new=form.get("new", ""),
            address=request.remote_addr or "unknown",
            rules=service(SignInRules),
            now=now(),
        )
    except MustWaitError as error:
        return error.message, 429
    except RefusedError as error:
        return error.message, 400
    return None, 303
