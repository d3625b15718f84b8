"""A second officer who proves on the first one's screen who they are. Never the same account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.factors.app_codes import digits, take
from hub.accounts.factors.held import factors_of, has_factor
from hub.accounts.factors.printed_codes import take_printed
from hub.accounts.factors.records import FactorKind
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Permission, permissions_of
from hub.accounts.records import Account
from hub.accounts.sessions import verify_again
from hub.sentences import RefusedError, Sentence
from hub.web.door import Site, now, service, visitor, writing

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
    with writing() as session:
        _check_account(session, login, permission)
    return actor


def _check_account(session: Session, login: str, permission: Permission) -> None:
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
    if has_factor(session, account.id) and not _proved(
        session, account.id, request.form.get("second_code", "")
    ):
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
