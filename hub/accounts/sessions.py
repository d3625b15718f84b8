"""Signing in and out. A browser holds a random token; the hub keeps its hash, so a stolen table opens nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.browsers import browser_name
from hub.accounts.factors.held import has_factor
from hub.accounts.passwords import Passwords
from hub.accounts.policy import DEFAULT_RULES, SHORT_WAIT, SignInRules
from hub.accounts.records import Account, KnownDevice, LoginSession
from hub.accounts.rules import ABSOLUTE_LIMIT, LONGEST_WAIT, is_alive
from hub.accounts.tries import (
    count_try,
    device_place,
    forget_failures,
    hash_token,
    place_of,
)
from hub.database import Sessions, session_scope
from hub.sentences import RefusedError, Sentence

SEEN_EVERY = timedelta(seconds=30)
"""`seen_at` is written no more often than this, so that reading pages does not become writing."""


_OF_TOKEN: Final = select(LoginSession).where(LoginSession.token_hash == bindparam("token_hash"))
NOBODY: Final = "(no such login)"


@dataclass(frozen=True)
class SignedIn:
    """What the browser gets: the session's token, and the device's for later sign-ins.

    With `waits` the second factor comes next.
    """

    token: str
    device: str
    must_change: bool
    waits: bool = False


class WrongPasswordError(RefusedError):
    """Login or password is wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("wrong_password", Sentence("Login or password is wrong. Check both and try again."))


def sign_in(
    sessions: Sessions,
    passwords: Passwords,
    *,
    login: str,
    password: str,
    address: str,
    device: str | None,
    now: datetime,
    browser: str = "",
    rules: SignInRules = DEFAULT_RULES,
) -> SignedIn:
    """Open a session; WrongPasswordError or MustWaitError otherwise. `browser` is what it says of itself.

    The try is counted as a failure before the password is looked at, so that many at once gain nothing, and the
    slow hash is reckoned outside any transaction.
    """
    login = login.strip().lower()[:64]
    with session_scope(sessions) as session:
        account = _open_account(session, login)
        at_home = device_place(session, account, device)
        place = at_home or place_of(address)
        longest = SHORT_WAIT if rules.is_control_room(address) else LONGEST_WAIT
        count_try(session, login, place, now, longest=longest)
        encoded = account.password_hash if account else None
    right = passwords.verify(encoded, password)
    with session_scope(sessions) as session:
        actor = Actor(login, address)
        account = _open_account(session, login)
        if not right or account is None or account.password_hash != encoded:
            # People type a password where the login belongs; what names no account is not kept for ever.
            named = actor if account is not None else Actor(NOBODY, address)
            write_down(session, at=now, actor=named, act="sign_in.refused", subject=named.login)
            refused = True
        else:
            forget_failures(session, login, place)
            write_down(session, at=now, actor=actor, act="sign_in", subject=login)
            row = LoginSession(address=address[:64], browser=browser_name(browser), known=at_home is not None)
            opened = _open(session, account, row, device, now, rules)
            refused = False
    if refused:
        raise WrongPasswordError
    return opened


def verify_again(
    sessions: Sessions, passwords: Passwords, actor: Actor, password: str, *, now: datetime
) -> None:
    """Make sure that it is still the owner of the account who sits there; WrongPasswordError or MustWaitError.

    Counted like a sign-in, so that an open screen is no place to guess passwords at.
    """
    place = place_of(actor.address)
    with session_scope(sessions) as session:
        account = _open_account(session, actor.login)
        count_try(session, actor.login, place, now)
        encoded = account.password_hash if account else None
    right = passwords.verify(encoded, password)
    with session_scope(sessions) as session:
        if right:
            forget_failures(session, actor.login, place)
        else:
            write_down(session, at=now, actor=actor, act="password.refused", subject=actor.login)
    if not right:
        raise WrongPasswordError


def recognise(session: Session, token: str, *, now: datetime, watching: bool) -> LoginSession | None:
    """The living session of a token, None when it is unknown, ended, too old or idle too long."""
    row = session.scalar(_OF_TOKEN, {"token_hash": hash_token(token)})
    if row is None or row.ended_at is not None or row.account.closed_at is not None:
        return None
    return row if is_alive(row.created_at, row.seen_at, now, watching=watching) else None


def touch(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that the session was used."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now))


def sign_out(session: Session, token: str, *, actor: Actor, now: datetime) -> None:
    """End one session; nothing happens when it ended before."""
    row = session.scalar(_OF_TOKEN, {"token_hash": hash_token(token)})
    if row is not None and row.ended_at is None:
        row.ended_at = now
        write_down(session, at=now, actor=actor, act="sign_out", subject=row.account.login)


def _open_account(session: Session, login: str) -> Account | None:
    return session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))


def _open(
    session: Session,
    account: Account,
    row: LoginSession,
    device: str | None,
    now: datetime,
    rules: SignInRules,
) -> SignedIn:
    token = secrets.token_urlsafe(32)
    device = device or secrets.token_urlsafe(32)
    row.token_hash, row.account_id, row.created_at, row.seen_at = hash_token(token), account.id, now, now
    row.waits = rules.asks_for_factor(account.role, row.address) and has_factor(session, account.id)
    row.proved_at = None if row.waits else now
    if account.factor_due_at is None:
        account.factor_due_at = now + rules.grace
    session.add(row)
    session.flush()
    _end_the_oldest(session, account, row.id, now, rules)
    if not row.waits:
        remember_device(session, account.id, device, now=now)
    return SignedIn(token, device, account.must_change, row.waits)


def remember_device(session: Session, account_id: int, device: str, *, now: datetime) -> None:
    """From now on the failures of strangers do not touch this browser's sign-ins to the account."""
    hashed = hash_token(device)
    known = select(KnownDevice.id).where(
        KnownDevice.account_id == account_id, KnownDevice.token_hash == hashed
    )
    if session.scalar(known) is None:
        session.add(KnownDevice(token_hash=hashed, account_id=account_id, since_at=now))


def living_sessions(session: Session, account_id: int, *, now: datetime) -> list[LoginSession]:
    """The sessions of an account that were not ended and are not too old, the one used last first."""
    rows = session.scalars(
        select(LoginSession)
        .where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
        .where(LoginSession.created_at > now - ABSOLUTE_LIMIT)
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    )
    return list(rows)


def end_session(
    session: Session, account_id: int, session_id: int, *, login: str, actor: Actor, now: datetime
) -> None:
    """End one session of this account; RefusedError when it holds no living one of this number."""
    ended = session.scalar(
        update(LoginSession)
        .where(
            LoginSession.id == session_id,
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(LoginSession.id)
    )
    if ended is None:
        raise RefusedError("no_session", Sentence("This session has ended already. Look at the list again."))
    write_down(session, at=now, actor=actor, act="session.end", subject=login)


def _end_the_oldest(
    session: Session, account: Account, newest: int, now: datetime, rules: SignInRules
) -> None:
    most = rules.most_sessions.get(account.role, 1)
    others = [row for row in living_sessions(session, account.id, now=now) if row.id != newest]
    for row in others[most - 1 :]:
        row.ended_at = now
        write_down(
            session,
            at=now,
            actor=Actor(account.login, row.address),
            act="session.crowded_out",
            subject=account.login,
        )
