"""Changing accounts as an administrator: nobody raises themselves, and the last administrator stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.actions import end_sessions
from hub.accounts.audit import OPERATOR, Actor, write_down
from hub.accounts.factors.held import remove_all
from hub.accounts.permissions import OPENED_BY_TWO, Role, permissions_of
from hub.accounts.pins import note_officers_changed
from hub.accounts.records import Account
from hub.accounts.rules import is_login
from hub.accounts.slips.actions import withdraw_slips
from hub.sentences import RefusedError, Sentence

UNUSABLE = "!"
"""Stands where a hash would: no password is behind it, until a slip sets one."""


def open_account(
    session: Session, login: str, role: str, *, name: str, actor: Actor, at: datetime
) -> Account:
    """An account without a password, which a slip sets; RefusedError when login or role cannot be."""
    login = login.strip()
    if not is_login(login):
        raise RefusedError(
            "login_form",
            Sentence("A login has 2 to 40 lower-case letters, digits, dots, underscores and hyphens."),
        )
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise RefusedError(
            "login_taken",
            Sentence("There is an account %(login)s already. Choose another login.", {"login": login}),
        )
    row = Account(
        login=login,
        role=_role(role).value,
        password_hash=UNUSABLE,
        must_change=False,
        created_at=at,
        name=_name(name),
    )
    session.add(row)
    session.flush()
    write_down(session, at=at, actor=actor, act="account.add", subject=login, detail=row.role)
    return row


def change_account(
    session: Session, account: Account, *, role: str, name: str, held_role: str, actor: Actor, at: datetime
) -> None:
    """Write name and role; RefusedError for one's own role, the last administrator, or a role changed meanwhile.

    `held_role` is the role that stood on the form. A role that may do more, and that two open, ends the password: a
    slip lets its owner in again.
    """
    wanted = _role(role)
    if account.role != held_role:
        raise RefusedError(
            "changed", Sentence("Somebody else changed this role a moment ago. Look again, then decide.")
        )
    if wanted.value != account.role:
        if account.login == actor.login:
            raise RefusedError(
                "own_role", Sentence("Nobody changes their own role. Ask another administrator.")
            )
        keep_an_administrator(session, account)
        detail = f"{account.role} to {wanted.value}"
        gains = permissions_of(wanted) - permissions_of(account.role)
        account.role = wanted.value
        if gains and wanted in OPENED_BY_TWO and actor != OPERATOR:
            # More rights are entered as a new account's are: with a slip, which a second person confirms.
            account.password_hash = UNUSABLE
            end_sessions(session, account.id, at=at)
            withdraw_slips(session, account.id, at=at)
        note_officers_changed(session, at)
        write_down(session, at=at, actor=actor, act="account.role", subject=account.login, detail=detail)
    if _name(name) != account.name:
        account.name = _name(name)
        note_officers_changed(session, at)
        write_down(session, at=at, actor=actor, act="account.name", subject=account.login)


def close_account(session: Session, account: Account, *, actor: Actor, at: datetime) -> None:
    """End it: no sign-in, no session, no PIN at terminals. RefusedError for one's own and the last administrator's."""
    if account.login == actor.login:
        raise RefusedError(
            "own_account", Sentence("Nobody closes their own account. Ask another administrator.")
        )
    if account.closed_at is not None:
        raise RefusedError("closed", Sentence("This account is closed already."))
    keep_an_administrator(session, account)
    account.closed_at, account.password_hash = at, UNUSABLE
    end_sessions(session, account.id, at=at)
    remove_all(session, account.id, at=at)
    note_officers_changed(session, at)
    write_down(session, at=at, actor=actor, act="account.close", subject=account.login)


def reopen_account(session: Session, account: Account, *, actor: Actor, at: datetime) -> None:
    """Open it again, without password and second factor: a slip sets the one, its owner adds the other."""
    if account.closed_at is None:
        raise RefusedError("open", Sentence("This account is open already."))
    account.closed_at, account.factor_due_at = None, None
    note_officers_changed(session, at)
    write_down(session, at=at, actor=actor, act="account.reopen", subject=account.login)


def sign_out_everywhere(session: Session, account: Account, *, actor: Actor, at: datetime) -> None:
    """End every session of the account."""
    end_sessions(session, account.id, at=at)
    write_down(session, at=at, actor=actor, act="account.end_sessions", subject=account.login)


def drop_factors(session: Session, account: Account, *, actor: Actor, at: datetime) -> None:
    """Take lost second factors away, and give as long as a first sign-in does for a new one."""
    remove_all(session, account.id, at=at)
    account.factor_due_at = None
    write_down(session, at=at, actor=actor, act="account.factors_removed", subject=account.login)


def keep_an_administrator(session: Session, account: Account) -> None:
    """RefusedError when this is the only open administrator; held until the end of the transaction."""
    if account.role != Role.ADMINISTRATOR:
        return
    # Locked in one order: two administrators who take each other's role away at one time must not both succeed.
    held = session.scalars(
        select(Account.id)
        .where(Account.role == Role.ADMINISTRATOR.value, Account.closed_at.is_(None))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    ).all()
    if [number for number in held if number != account.id] == []:
        raise RefusedError(
            "last_administrator",
            Sentence("This is the last administrator. Make another account an administrator first."),
        )


def account_of(session: Session, login: str) -> Account:
    """The account of this login, open or closed; RefusedError when there is none."""
    row = session.scalar(select(Account).where(Account.login == login))
    if row is None:
        raise RefusedError("no_account", Sentence("There is no account %(login)s.", {"login": login}))
    return row


def _role(role: str) -> Role:
    if role not in Role._value2member_map_:
        raise RefusedError("role", Sentence("Choose a role from the list."))
    return Role(role)


def _name(name: str) -> str:
    return " ".join(name.split())[:80]
