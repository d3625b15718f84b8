"""A second officer who proves on the first one's screen who they are. Never the same account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.factors.app_codes import digits, take
from hub.accounts.factors.held import factors_of, has_factor
from hub.accounts.factors.printed_codes import take_printed
from hub.accounts.factors.records import FactorKind
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Permission, permissions_of
from hub.accounts.policy import SignInRules
from hub.accounts.records import Account
from hub.accounts.sessions import verify_again
from hub.accounts.tries import FACTOR_ELSEWHERE, count_try, forget_failures
from hub.sentences import RefusedError, Sentence
from hub.web.door import Site, now, reading, service, visitor, writing

FIELDS: Final = ("second_login", "second_password", "second_code")
"""Of the part `second_officer` of second.html; never kept, and never shown again save the login."""


def second_officer(permission: Permission, *, besides: Collection[str]) -> Actor:
    """Whoever typed login, password and code into the form; RefusedError when it is not another who may sign.

    `besides` are the logins that signed or work on it already. Whoever sits at the screen is one of them by itself.
    """
    login = request.form.get("second_login", "").strip().lower()[:64]
    who = visitor()
    if not login:
        raise RefusedError("second_missing", Sentence("The second officer types login and password here."))
    if login in {who.login, *besides}:
        raise RefusedError(
            "second_same",
            Sentence("The second officer is another person than the first. Somebody else has to sign."),
        )
    actor = Actor(login, who.address)
    verify_again(
        service(Site).sessions, service(Passwords), actor, request.form.get("second_password", ""), now=now()
    )
    with reading() as session:
        account = _account(session, login, permission)
        asked = has_factor(session, account.id)
        if not asked:
            _refuse_late(account)
        account_id = account.id
    if asked:
        _show_code(actor, account_id)
    return actor


def _account(session: Session, login: str, permission: Permission) -> Account:
    account = session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))
    if account is None or permission not in permissions_of(account.role):
        raise RefusedError(
            "second_may_not",
            Sentence(
                "The role of %(login)s does not allow to sign for this. Ask somebody whose role does.",
                {"login": login},
            ),
        )
    if account.must_change:
        raise RefusedError(
            "second_new",
            Sentence("%(login)s has to choose an own password first, at an own sign-in.", {"login": login}),
        )
    return account


def _refuse_late(account: Account) -> None:
    """Whoever must have a second factor by now and has none is let in nowhere, so here neither."""
    due = account.factor_due_at
    if due is not None and due <= now() and service(SignInRules).must_have_factor(account.role):
        raise RefusedError(
            "second_late",
            Sentence(
                "%(login)s has to set up a second factor first, at an own sign-in.", {"login": account.login}
            ),
        )


def _show_code(actor: Actor, account_id: int) -> None:
    """Spend the code of the form; each wrong one counts as one at the door does."""
    code = request.form.get("second_code", "")
    good = False
    if code.strip():
        with writing() as session:
            count_try(session, actor.login, FACTOR_ELSEWHERE, now())
        with writing() as session:
            good = _proved(session, account_id, code)
            if good:
                forget_failures(session, actor.login, FACTOR_ELSEWHERE)
            else:
                write_down(session, at=now(), actor=actor, act="login.factor_refused", subject=actor.login)
    if not good:
        raise RefusedError(
            "second_factor",
            Sentence(
                "Type the code that the second officer's app shows now, or sign at an own screen with the key."
            ),
        )


def _proved(session: Session, account_id: int, code: str) -> bool:
    seal, at = service(FactorSeal), now()
    if digits(code).isdigit():
        apps = [row for row in factors_of(session, account_id) if row.kind == FactorKind.APP.value]
        return any(take(session, row, code, seal=seal, at=at) for row in apps)
    return take_printed(session, account_id, code, seal=seal, at=at)
