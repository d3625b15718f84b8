"""Signing in, signing out, one's own password."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask import session as form_session
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from hub.accounts.actions import change_password
from hub.accounts.audit import Actor
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Permission
from hub.accounts.policy import SignInRules
from hub.accounts.rules import ABSOLUTE_LIMIT, MIN_PASSWORD_LENGTH
from hub.accounts.sessions import SignedIn, WrongPasswordError, sign_in, sign_out, verify_again
from hub.accounts.tries import MustWaitError
from hub.sentences import RefusedError, Sentence
from hub.web.addresses import safe_path
from hub.web.door import Site, now, service, visitor, visitor_or_none, writing
from hub.web.routes import Pages

pages = Pages("accounts", __name__, template_folder="templates")

_DEVICE_S = 400 * 86_400
"""As long as browsers keep a cookie at all."""


@pages.page("/login", Permission.PUBLIC, methods=("GET", "POST"))
def sign_in_page() -> Response | str | tuple[str, int]:
    going_to = safe_path(request.values.get("next"))
    if request.method == "GET":
        if visitor_or_none() is not None:
            return redirect(going_to)
        return render_template("sign_in.html", going_to=going_to, login="", problem=None)
    login = request.form.get("login", "")
    site = service(Site)
    try:
        opened = sign_in(
            site.sessions,
            service(Passwords),
            login=login,
            password=request.form.get("password", ""),
            address=request.remote_addr or "unknown",
            device=request.cookies.get(site.device_cookie),
            now=now(),
            browser=request.headers.get("User-Agent", "")[:300],
            rules=service(SignInRules),
        )
    except (WrongPasswordError, MustWaitError) as error:
        status = 429 if isinstance(error, MustWaitError) else 401
        page = render_template("sign_in.html", going_to=going_to, login=login[:64], problem=error.message)
        return page, status
    return _let_in(opened, going_to)


@pages.page("/signed-in", Permission.SIGNED_IN)
def signed_in() -> Response:
    """Who is signed in now, and a token for their forms: asked by a page just before a form of it is sent.

    A page of ours can read it and no other: the cookie goes with requests of this site alone, and the browser hands
    the answer to nobody else.
    """
    return jsonify(who=visitor().account_id, token=generate_csrf())


@pages.page("/logout", Permission.ENTERING, methods=("POST",))
def sign_out_now() -> Response:
    site, who = service(Site), visitor()
    with writing() as session:
        sign_out(
            session,
            request.cookies.get(site.session_cookie, ""),
            actor=Actor(who.login, who.address),
            now=now(),
        )
    response = redirect(url_for("accounts.sign_in_page"), 303)
    response.delete_cookie(site.session_cookie, secure=site.secure, httponly=True, samesite="Strict")
    return response


@pages.page("/password", Permission.SIGNED_IN, methods=("GET", "POST"))
def password() -> Response | str | tuple[str, int]:
    problem = _change_password() if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect(url_for("accounts.sign_in_page"), 303)
    page = render_template("password.html", problem=problem, shortest=MIN_PASSWORD_LENGTH)
    return page, 200 if problem is None else 400


def _change_password() -> Sentence | None:
    who, new = visitor(), request.form.get("new", "")
    passwords, actor = service(Passwords), Actor(who.login, who.address)
    if new != request.form.get("again", ""):
        return Sentence("The two new passwords differ. Type the same one twice.")
    try:
        verify_again(service(Site).sessions, passwords, actor, request.form.get("old", ""), now=now())
        with writing() as session:
            change_password(session, who.login, new, passwords=passwords, actor=actor, at=now())
    except WrongPasswordError:
        return Sentence("The present password is wrong. Type it again.")
    except RefusedError as error:
        return error.message
    return None


def _next(opened: SignedIn, going_to: str) -> str:
    if opened.waits:
        return url_for("factor_door.second_factor", next=None if going_to == "/" else going_to)
    return url_for("accounts.password") if opened.must_change else going_to


def _let_in(opened: SignedIn, going_to: str) -> Response:
    site = service(Site)
    form_session.clear()  # forms handed out before signing in are worth nothing after it
    response = redirect(_next(opened, going_to), 303)
    for name, value, life in (
        (site.session_cookie, opened.token, int(ABSOLUTE_LIMIT.total_seconds())),
        (site.device_cookie, opened.device, _DEVICE_S),
    ):
        response.set_cookie(
            name, value, max_age=life, path="/", secure=site.secure, httponly=True, samesite="Strict"
        )
    return response
