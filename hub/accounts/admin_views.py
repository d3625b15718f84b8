"""The pages of whoever manages accounts: the list, one account, slips."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.administering import (
    UNUSABLE,
    change_account,
    close_account,
    open_account,
    reopen_account,
    sign_out_everywhere,
)
from hub.accounts.factors.held import factors_of, with_factor
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.accounts.policy import SignInRules
from hub.accounts.records import Account, LoginSession
from hub.accounts.sessions import living_sessions
from hub.accounts.slips.actions import (
    Slip,
    confirm_slip,
    print_slip,
    refuse_slip,
    unconfirmed,
    waiting_slips,
)
from hub.accounts.slips.records import PasswordSlip
from hub.accounts.words import DUTIES, ROLES, role_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.language import translated
from hub.web.routes import Pages

pages = Pages("accounts_desk", __name__, template_folder="templates")
_Act = Callable[[Session, Account], None]


@pages.page("/accounts", Permission.MANAGE_ACCOUNTS)
def accounts() -> str:
    return _list(None)


@pages.page("/accounts/new", Permission.MANAGE_ACCOUNTS, methods=("GET", "POST"))
def new() -> Response | str | tuple[str, int]:
    if request.method == "GET":
        return _new(None)
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    form = request.form
    try:
        with writing() as session:
            account = open_account(
                session,
                form.get("login", ""),
                form.get("role", ""),
                name=form.get("name", ""),
                actor=acting(),
                at=now(),
            )
            slip = print_slip(
                session,
                account,
                identity_check=form.get("check", ""),
                drops_factors=False,
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _new(error.message), 409
    return _printed(slip)


@pages.page("/accounts/<int:account>", Permission.MANAGE_ACCOUNTS)
def account(account: int) -> str:
    return _one(account, None)


@pages.page("/accounts/<int:account>/change", Permission.MANAGE_ACCOUNTS, methods=("POST",))
def change(account: int) -> Response | tuple[str, int]:
    form = request.form

    def act(session: Session, row: Account) -> None:
        change_account(
            session,
            row,
            role=form.get("role", ""),
            name=form.get("name", ""),
            held_role=form.get("held_role", ""),
            actor=acting(),
            at=now(),
        )

    return _do(account, act)


@pages.page("/accounts/<int:account>/close", Permission.MANAGE_ACCOUNTS, methods=("POST",))
def close(account: int) -> Response | tuple[str, int]:
    return _do(account, lambda session, row: close_account(session, row, actor=acting(), at=now()))


@pages.page("/accounts/<int:account>/reopen", Permission.MANAGE_ACCOUNTS, methods=("POST",))
def reopen(account: int) -> Response | tuple[str, int]:
    return _do(account, lambda session, row: reopen_account(session, row, actor=acting(), at=now()))


@pages.page("/accounts/<int:account>/end-sessions", Permission.MANAGE_ACCOUNTS, methods=("POST",))
def end_sessions(account: int) -> Response | tuple[str, int]:
    return _do(account, lambda session, row: sign_out_everywhere(session, row, actor=acting(), at=now()))


@pages.page("/accounts/<int:account>/slip", Permission.MANAGE_ACCOUNTS, methods=("POST",))
def slip(account: int) -> Response | str | tuple[str, int]:
    """The slip is shown this once; shown again it would be another one."""
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    form = request.form
    try:
        with writing() as session:
            made = print_slip(
                session,
                _find(session, account),
                identity_check=form.get("check", ""),
                drops_factors=form.get("drops_factors") == "1",
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _one(account, error.message), 409
    return _printed(made)


@pages.page("/accounts/slips", Permission.CONFIRM_ACCOUNTS)
def slips() -> str:
    return _waiting(None)


@pages.page("/accounts/slips/<int:slip>", Permission.CONFIRM_ACCOUNTS, methods=("POST",))
def answer_slip(slip: int) -> Response | tuple[str, int]:
    """Confirm as the second person, or withdraw."""
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            if session.get(PasswordSlip, slip) is None:
                raise NotFound
            if request.form.get("act") == "withdraw":
                refuse_slip(session, slip, actor=acting(), at=now())
            else:
                confirm_slip(session, slip, actor=acting(), at=now())
    except RefusedError as error:
        return (_list if _manages() else _waiting)(error.message), 409
    return redirect(url_for("accounts_desk.accounts" if _manages() else "accounts_desk.slips", done=1), 303)


def _do(number: int, act: _Act) -> Response | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            act(session, _find(session, number))
    except RefusedError as error:
        return _one(number, error.message), 409
    return redirect(url_for("accounts_desk.account", account=number, done=1), 303)


def _find(session: Session, number: int) -> Account:
    row = session.scalar(select(Account).where(Account.id == number).with_for_update(key_share=True))
    if row is None:
        raise NotFound
    return row


def _manages() -> bool:
    return visitor().may(Permission.MANAGE_ACCOUNTS)


def _waiting(problem: Sentence | None) -> str:
    with reading() as session:
        return render_template(
            "slips_to_confirm.html",
            problem=problem,
            done="done" in request.args,
            slips=unconfirmed(session, visitor().login, at=now()),
            role_words=role_words,
        )


def _list(problem: Sentence | None) -> str:
    with reading() as session:
        seen = session.execute(
            select(LoginSession.account_id, func.max(LoginSession.seen_at)).group_by(LoginSession.account_id)
        )
        return render_template(
            "accounts.html",
            problem=problem,
            done="done" in request.args,
            accounts=session.scalars(
                select(Account).order_by(Account.closed_at.is_not(None), Account.login)
            ).all(),
            seen=dict(seen.all()),
            with_factor=with_factor(session),
            needs=service(SignInRules).must_have_factor,
            role_words=role_words,
            slips=waiting_slips(session, at=now()),
        )


def _new(problem: Sentence | None) -> str:
    return render_template(
        "account_new.html", problem=problem, form=request.form, roles=translated(ROLES), duties=_duties()
    )


def _one(number: int, problem: Sentence | None) -> str:
    with reading() as session:
        row = session.get(Account, number)
        if row is None:
            raise NotFound
        return render_template(
            "account.html",
            problem=problem,
            done="done" in request.args,
            account=row,
            role=role_words(row.role),
            roles=translated(ROLES),
            duties=_duties(),
            form=request.form,
            factors=factors_of(session, row.id),
            needs=service(SignInRules).must_have_factor(row.role),
            sessions=living_sessions(session, row.id, now=now()),
            own=row.login == visitor().login,
            no_password=row.password_hash == UNUSABLE,
        )


def _duties() -> list[tuple[Sentence, Sentence]]:
    return [(ROLES[role], DUTIES[role]) for role in ROLES]


def _printed(slip: Slip) -> str:
    return render_template("slip_printed.html", slip=slip)
