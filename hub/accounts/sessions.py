"""Signing in and out. A browser holds a random token; the hub keeps its hash, so a stolen table opens nothing."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.passwords import Passwords
from hub.accounts.records import Account, KnownDevice, LoginFailure, LoginSession
from hub.accounts.rules import FAILURES_FORGOTTEN_AFTER, is_alive, wait_after
from hub.database import Sessions, session_scope
from hub.sentences import RefusedError, Sentence

SEEN_EVERY = timedelta(seconds=30)
"""`seen_at` is written no more often than this, so that reading pages does not become writing."""


NOBODY: Final = "(no such login)"


@dataclass(frozen=True)
class SignedIn:
    """What the browser gets: the session's token, and the device's for later sign-ins."""

    token: str
    device: str
    must_change: bool


class WrongPasswordError(RefusedError):
    """Login or password is wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("wrong_password", Sentence("Login or password is wrong. Check both and try again."))


class MustWaitError(RefusedError):
    """Too many wrong passwords from this place; `seconds` until the next try is heard."""

    def __init__(self, seconds: int) -> None:
        message = Sentence(
            "Too many wrong passwords from here. Wait %(seconds)s s and try again, or ask the administrator.",
            {"seconds": seconds},
        )
        super().__init__("must_wait", message)
        self.seconds = seconds


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def sign_in(
    sessions: Sessions,
    passwords: Passwords,
    *,
    login: str,
    password: str,
    address: str,
    device: str | None,
    now: datetime,
) -> SignedIn:
    """Open a session; WrongPasswordError or MustWaitError otherwise.

    The try is counted as a failure before the password is looked at, so that many at once gain nothing, and the
    slow hash is reckoned outside any transaction.
    """
    login = login.strip().lower()[:64]
    with session_scope(sessions) as session:
        account = _open_account(session, login)
        place = _place(session, account, device, address)
        _count_try(session, login, place, now)
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
            _forget_failures(session, login, place)
            write_down(session, at=now, actor=actor, act="sign_in", subject=login)
            opened = _open(session, account, address, device, now)
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
    place = f"address {actor.address}"
    with session_scope(sessions) as session:
        account = _open_account(session, actor.login)
        _count_try(session, actor.login, place, now)
        encoded = account.password_hash if account else None
    right = passwords.verify(encoded, password)
    with session_scope(sessions) as session:
        if right:
            _forget_failures(session, actor.login, place)
        else:
            write_down(session, at=now, actor=actor, act="password.refused", subject=actor.login)
    if not right:
        raise WrongPasswordError


def recognise(session: Session, token: str, *, now: datetime, watching: bool) -> LoginSession | None:
    """The living session of a token, None when it is unknown, ended, too old or idle too long."""
    row = session.scalar(select(LoginSession).where(LoginSession.token_hash == hash_token(token)))
    if row is None or row.ended_at is not None or row.account.closed_at is not None:
        return None
    return row if is_alive(row.created_at, row.seen_at, now, watching=watching) else None


def touch(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that the session was used."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now))


def sign_out(session: Session, token: str, *, actor: Actor, now: datetime) -> None:
    """End one session; nothing happens when it ended before."""
    row = session.scalar(select(LoginSession).where(LoginSession.token_hash == hash_token(token)))
    if row is not None and row.ended_at is None:
        row.ended_at = now
        write_down(session, at=now, actor=actor, act="sign_out", subject=row.account.login)


def _open_account(session: Session, login: str) -> Account | None:
    return session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))


def _place(session: Session, account: Account | None, device: str | None, address: str) -> str:
    """A browser that signed in before has its own count: strangers' failures cannot keep it out."""
    if account is not None and device:
        hashed = hash_token(device)
        known = select(KnownDevice.id).where(
            KnownDevice.account_id == account.id, KnownDevice.token_hash == hashed
        )
        if session.scalar(known) is not None:
            return f"device {hashed.hex()[:32]}"
    return f"address {address}"


def _count_try(session: Session, login: str, place: str, now: datetime) -> None:
    session.execute(delete(LoginFailure).where(LoginFailure.last_at < now - FAILURES_FORGOTTEN_AFTER))
    row = session.scalar(
        select(LoginFailure).where(LoginFailure.login == login, LoginFailure.place == place).with_for_update()
    )
    if row is None:
        session.add(LoginFailure(login=login, place=place, failures=1, last_at=now))
        return
    left = row.last_at + wait_after(row.failures) - now
    if left > timedelta(0):
        raise MustWaitError(max(1, round(left.total_seconds())))
    row.failures += 1
    row.last_at = now


def _forget_failures(session: Session, login: str, place: str) -> None:
    session.execute(delete(LoginFailure).where(LoginFailure.login == login, LoginFailure.place == place))


def _open(session: Session, account: Account, address: str, device: str | None, now: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)
    device = device or secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            address=address[:64],
        )
    )
    hashed = hash_token(device)
    known = select(KnownDevice.id).where(
        KnownDevice.account_id == account.id, KnownDevice.token_hash == hashed
    )
    if session.scalar(known) is None:
        session.add(KnownDevice(token_hash=hashed, account_id=account.id, since_at=now))
    return SignedIn(token, device, account.must_change)
