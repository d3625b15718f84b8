"""Making and changing accounts. Passwords pass through here and stay nowhere but in the hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import OPERATOR, Actor, write_down
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.accounts.records import Account, LoginFailure, LoginSession
from hub.accounts.rules import fault_of_password, is_login, make_password
from hub.errors import HubError
from hub.sentences import RefusedError

FIRST_LOGIN = "admin"


def first_administrator(session: Session, *, passwords: Passwords, at: datetime) -> str | None:
    """Make the account `admin` when there is no account at all; gives its password, to be shown once."""
    if session.scalar(select(Account.id).limit(1)) is not None:
        return None
    return add_account(
        session,
        FIRST_LOGIN,
        Role.ADMINISTRATOR,
        passwords=passwords,
        actor=OPERATOR,
        at=at,
        must_change=False,
    )


def add_account(
    session: Session,
    login: str,
    role: Role,
    *,
    passwords: Passwords,
    actor: Actor,
    at: datetime,
    must_change: bool = True,
    name: str = "",
) -> str:
    """Make an account; gives its generated password, to be shown once. HubError when the login cannot be.

    `name` is how colleagues read of them.
    """
    if not is_login(login):
        raise HubError(
            "login_form", "A login has 2 to 40 lower-case letters, digits, dots, underscores and hyphens."
        )
    password = make_password()
    hashed = passwords.hash(password)  # slow, so before the first statement makes the transaction a writer
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise HubError("login_taken", f"There is an account {login} already. Choose another login.")
    session.add(
        Account(
            login=login,
            role=role.value,
            password_hash=hashed,
            must_change=must_change,
            created_at=at,
            name=" ".join(name.split())[:80],
        )
    )
    write_down(session, at=at, actor=actor, act="account.add", subject=login, detail=role.value)
    return password


def reset_password(session: Session, login: str, *, passwords: Passwords, actor: Actor, at: datetime) -> str:
    """New generated password, to be shown once; every session of the account ends and its waiting too."""
    password = make_password()
    hashed = passwords.hash(password)
    account = find_account(session, login)
    account.password_hash = hashed
    account.must_change = True
    end_sessions(session, account.id, at=at)
    for failure in session.scalars(select(LoginFailure).where(LoginFailure.login == login)):
        session.delete(failure)
    write_down(session, at=at, actor=actor, act="account.reset_password", subject=login)
    return password


def change_password(
    session: Session, login: str, new: str, *, passwords: Passwords, actor: Actor, at: datetime
) -> None:
    """Set the password somebody chose; RefusedError when it is too weak. Every session of the account ends."""
    fault = fault_of_password(new, login)
    if fault is not None:
        raise RefusedError("weak_password", fault)
    hashed = passwords.hash(new)  # slow, so before the first statement makes the transaction a writer
    account = find_account(session, login)
    account.password_hash = hashed
    account.must_change = False
    end_sessions(session, account.id, at=at)
    write_down(session, at=at, actor=actor, act="account.change_password", subject=login)


def end_sessions(session: Session, account_id: int, *, at: datetime) -> None:
    """Sign the account out everywhere."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def find_account(session: Session, login: str) -> Account:
    """The open account of this login; HubError when there is none."""
    account = session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))
    if account is None:
        raise HubError("no_account", f"There is no account {login}. See them with: pims-hub accounts list")
    return account
