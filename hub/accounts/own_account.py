"""One's own account: second factors, printed codes, and where one is signed in."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.actions import find_account
from hub.accounts.audit import write_down
from hub.accounts.factors import app_codes
from hub.accounts.factors.held import codes_left, factors_of, remove_factor
from hub.accounts.factors.printed_codes import print_codes
from hub.accounts.factors.records import FactorKind
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.factors.security_keys import register, registering
from hub.accounts.fresh import is_fresh, require_fresh_factor
from hub.accounts.permissions import Permission
from hub.accounts.policy import SignInRules
from hub.accounts.proof import new_challenge, origin, spend_challenge
from hub.accounts.records import Account, LoginSession
from hub.accounts.sessions import end_session, living_sessions
from hub.accounts.words import role_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("own_account", __name__, template_folder="templates")


@pages.page("/account", Permission.SIGNED_IN)
def account() -> str:
    return _show(None)


@pages.page("/account/sessions/end", Permission.SIGNED_IN, methods=("POST",))
def end() -> Response | tuple[str, int]:
    """End one session of one's own, or with no number all but this one."""
    who, wanted = visitor(), request.form.get("session", "")
    try:
        with writing() as session:
            living = [row.id for row in living_sessions(session, who.account_id, now=now())]
            ending = [number_in(wanted)] if wanted else [row for row in living if row != who.session_id]
            for number in ending:
                end_session(session, who.account_id, number, login=who.login, actor=acting(), now=now())
    except RefusedError as error:
        return _show(error.message), 409
    return redirect(url_for("own_account.account", done="ended"), 303)


@pages.page("/account/app", Permission.SIGNED_IN, methods=("GET", "POST"))
def app() -> Response | str | tuple[str, int]:
    """Begin with an app: the picture for its camera and the field for its first code."""
    if request.method == "GET":
        return _show_app(None)
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    with writing() as session:
        _check_may_add(session)
        app_codes.begin(session, visitor().account_id, seal=service(FactorSeal), at=now())
    return redirect(url_for("own_account.app"), 303)


@pages.page("/account/app/picture.svg", Permission.SIGNED_IN)
def picture() -> Response:
    with reading() as session:
        secret = app_codes.waiting(session, visitor().account_id, seal=service(FactorSeal), at=now())
    if secret is None:
        raise NotFound
    return Response(app_codes.picture(secret, visitor().login), mimetype="image/svg+xml")


@pages.page("/account/app/confirm", Permission.SIGNED_IN, methods=("POST",))
def confirm_app() -> Response | str | tuple[str, int]:
    who, form = visitor(), request.form
    try:
        with writing() as session:
            row = app_codes.confirm(
                session,
                who.account_id,
                form.get("code", ""),
                form.get("label", ""),
                seal=service(FactorSeal),
                at=now(),
            )
            return _taken_into_use(session, row.kind)
    except RefusedError as error:
        return _show_app(error.message), 400


@pages.page("/account/key", Permission.SIGNED_IN, methods=("GET", "POST"))
def key() -> Response | str | tuple[str, int]:
    if request.method == "GET":
        ask = require_fresh_factor()
        return ask if ask is not None else _show_key(None)
    # The answer of a key cannot be carried past a question, so the page that asks comes first.
    if not is_fresh():
        return redirect(url_for("own_account.key"), 303)
    who, form = visitor(), request.form
    try:
        with writing() as session:
            _check_may_add(session)
            challenge = spend_challenge(session, who.session_id, at=now())
        if challenge is None:
            raise RefusedError("late", Sentence("That took too long. Try again and touch the key at once."))
        with writing() as session:
            given, label = form.get("answer", ""), form.get("label", "")
            row = register(session, who.account_id, given, label, origin(), challenge, at=now())
            return _taken_into_use(session, row.kind)
    except RefusedError as error:
        return _show_key(error.message), 400


@pages.page("/account/factors/<int:factor>/remove", Permission.SIGNED_IN, methods=("POST",))
def remove(factor: int) -> Response | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    who = visitor()
    try:
        with writing() as session:
            others = [row for row in factors_of(session, who.account_id) if row.id != factor]
            if not others and _must_have():
                raise RefusedError(
                    "last_factor",
                    Sentence("Your role needs a second factor. Add another one before you remove this."),
                )
            kind = remove_factor(session, who.account_id, factor, at=now())
            write_down(
                session,
                at=now(),
                actor=acting(),
                act="account.factor_removed",
                subject=who.login,
                detail=kind,
            )
    except RefusedError as error:
        return _show(error.message), 409
    return redirect(url_for("own_account.account", done="removed"), 303)


@pages.page("/account/codes", Permission.SIGNED_IN, methods=("POST",))
def codes() -> Response | str:
    """A new sheet of printed codes; the one of before is good for nothing any more."""
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    with writing() as session:
        if not factors_of(session, visitor().account_id):
            raise RefusedError("no_factor", Sentence("Add an app or a security key first."))
        return _print(session)


def _taken_into_use(session: Session, kind: str) -> Response | str:
    """With the first factor comes the sheet of codes; this session counts as proved by what was just shown."""
    who = visitor()
    write_down(session, at=now(), actor=acting(), act="account.factor_added", subject=who.login, detail=kind)
    row = session.get(LoginSession, who.session_id)
    assert row is not None
    row.proved_at = now()
    if codes_left(session, who.account_id):
        return redirect(url_for("own_account.account", done="added"), 303)
    return _print(session)


def _print(session: Session) -> str:
    made = print_codes(session, visitor().account_id, seal=service(FactorSeal), at=now())
    write_down(session, at=now(), actor=acting(), act="account.codes_printed", subject=visitor().login)
    return render_template("printed_codes.html", codes=made, login=visitor().login, at=now())


def _check_may_add(session: Session) -> None:
    """After the time to do without has ended, a stranger with the password must not make the factor theirs."""
    who = visitor()
    row = session.get(LoginSession, who.session_id)
    if who.asked and row is not None and not row.known and not factors_of(session, who.account_id):
        raise RefusedError(
            "late_factor",
            Sentence(
                "The time to set up a second factor is over, and this browser never signed in before. "
                "Do it in the browser that you always use, or ask the administrator for a slip."
            ),
        )


def _must_have() -> bool:
    return service(SignInRules).must_have_factor(visitor().role)


def _show(problem: Sentence | None) -> str:
    who = visitor()
    with reading() as session:
        account = find_account(session, who.login)
        return render_template(
            "own_account.html",
            problem=problem,
            done=request.args.get("done", ""),
            account=account,
            role=role_words(who.role),
            factors=factors_of(session, account.id),
            app_kind=FactorKind.APP.value,
            left=codes_left(session, account.id),
            must_have=_must_have(),
            due=_due(account),
            late=who.asked == "own_account.account",
            sessions=living_sessions(session, account.id, now=now()),
        )


def _due(account: Account) -> datetime | None:
    return account.factor_due_at if service(SignInRules).must_have_factor(account.role) else None


def _show_app(problem: Sentence | None) -> str:
    with reading() as session:
        secret = app_codes.waiting(session, visitor().account_id, seal=service(FactorSeal), at=now())
    readable = app_codes.readable(secret) if secret is not None else ""
    return render_template(
        "own_app.html", problem=problem, secret=readable, label=request.form.get("label", "")
    )


def _show_key(problem: Sentence | None) -> str:
    who, options = visitor(), ""
    try:
        with writing() as session:
            _check_may_add(session)
            challenge = new_challenge(session, who.session_id, at=now())
            options = registering(session, who.account_id, who.login, origin(), challenge)
    except RefusedError as error:
        problem = problem or error.message
    return render_template(
        "own_key.html", problem=problem, options=options, label=request.form.get("label", "")
    )
