"""Printing a slip, confirming one as the second person, and turning one into a new password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.actions import end_sessions
from hub.accounts.audit import OPERATOR, Actor, write_down
from hub.accounts.factors.held import has_factor, remove_all
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import OPENED_BY_TWO
from hub.accounts.policy import SignInRules
from hub.accounts.records import Account, LoginFailure
from hub.accounts.rules import fault_of_password, readable_code
from hub.accounts.slips.records import PasswordSlip
from hub.accounts.tries import count_try, forget_failures, hash_token, place_of
from hub.database import Sessions, session_scope
from hub.sentences import RefusedError, Sentence

LIFE: Final = timedelta(hours=24)
_GROUPS: Final = 4
_NO_GOOD = Sentence(
    "Login and code do not belong together, or the code is used or too old. "
    "Check both, or ask the administrator for a new slip."
)


@dataclass(frozen=True)
class Slip:
    """What is printed: shown once, and held by nobody afterwards."""

    number: int
    login: str
    code: str
    until_at: datetime
    needs_second: bool

    def __repr__(self) -> str:
        return f"Slip({self.number})"


def print_slip(
    session: Session,
    account: Account,
    *,
    identity_check: str,
    drops_factors: bool,
    actor: Actor,
    at: datetime,
) -> Slip:
    """Make a slip for an open account; the one of before is good for nothing any more.

    For a role that reaches people's files a second person confirms it before it is good; at the hub's own machine the
    operator does without. `identity_check` says how the person was recognised. RefusedError for one's own account, a
    closed one, and a check that was not written down.
    """
    if account.login == actor.login:
        raise RefusedError(
            "own_slip", Sentence("Change your own password on its page, or ask another administrator.")
        )
    if account.closed_at is not None:
        raise RefusedError("closed", Sentence("This account is closed. Open it again first."))
    check = " ".join(identity_check.split())[:200]
    if len(check) < 5:
        raise RefusedError(
            "no_check", Sentence("Write how you made sure who it is, for example: staff card 114.")
        )
    withdraw_slips(session, account.id, at=at)
    code = readable_code(_GROUPS)
    row = PasswordSlip(
        account_id=account.id,
        code_hash=hash_token(code),
        made_at=at,
        made_by=actor.login,
        until_at=at + LIFE,
        identity_check=check,
        drops_factors=drops_factors,
        needs_second=account.role in OPENED_BY_TWO and actor != OPERATOR,
    )
    session.add(row)
    session.flush()
    detail = "second factor is dropped" if drops_factors else ""
    write_down(
        session,
        at=at,
        actor=actor,
        act="account.slip_printed",
        subject=account.login,
        detail=detail,
        why=check,
    )
    return Slip(row.id, account.login, code, row.until_at, row.needs_second)


def waiting_slips(session: Session, *, at: datetime) -> list[PasswordSlip]:
    """Slips that are good and not used, the newest first."""
    rows = session.scalars(
        select(PasswordSlip)
        .where(
            PasswordSlip.used_at.is_(None), PasswordSlip.withdrawn_at.is_(None), PasswordSlip.until_at > at
        )
        .order_by(PasswordSlip.id.desc())
    )
    return list(rows)


def confirm_slip(session: Session, slip_id: int, *, actor: Actor, at: datetime) -> None:
    """Agree as the second person; RefusedError for whoever printed or would use it, and for one that is over."""
    row = session.scalar(
        select(PasswordSlip).where(PasswordSlip.id == slip_id).with_for_update(of=PasswordSlip)
    )
    if row is None or row.used_at or row.withdrawn_at or row.until_at <= at:
        raise RefusedError("slip_over", Sentence("This slip is used, withdrawn or too old. Print a new one."))
    if actor.login in (row.made_by, row.account.login):
        raise RefusedError(
            "same_person",
            Sentence("Somebody else has to confirm it: not who printed it, nor who will use it."),
        )
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by = at, actor.login
        write_down(session, at=at, actor=actor, act="account.slip_confirmed", subject=row.account.login)


def unconfirmed(session: Session, login: str, *, at: datetime) -> list[PasswordSlip]:
    """Slips that wait for a second person and that `login` may confirm, the oldest first."""
    waiting = [row for row in waiting_slips(session, at=at) if row.needs_second and row.confirmed_at is None]
    return [row for row in reversed(waiting) if login not in (row.made_by, row.account.login)]


def refuse_slip(session: Session, slip_id: int, *, actor: Actor, at: datetime) -> None:
    """Make a slip good for nothing; RefusedError for one that is over."""
    row = session.get(PasswordSlip, slip_id)
    if row is None or row.used_at or row.withdrawn_at:
        raise RefusedError("slip_over", Sentence("This slip is used, withdrawn or too old. Print a new one."))
    withdraw_slips(session, row.account_id, at=at)
    write_down(session, at=at, actor=actor, act="account.slip_withdrawn", subject=row.account.login)


def withdraw_slips(session: Session, account_id: int, *, at: datetime) -> None:
    """Whatever was printed for this account is good for nothing any more."""
    session.execute(
        update(PasswordSlip)
        .where(
            PasswordSlip.account_id == account_id,
            PasswordSlip.used_at.is_(None),
            PasswordSlip.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


def use_slip(
    sessions: Sessions,
    passwords: Passwords,
    *,
    login: str,
    code: str,
    new: str,
    address: str,
    rules: SignInRules,
    now: datetime,
) -> None:
    """Turn the code into a new password, once; every session of the account ends. RefusedError and MustWaitError.

    A password that is too weak does not spend the code.
    """
    login, code = login.strip().lower()[:64], _as_printed(code)
    place = f"slip {place_of(address)}"
    with session_scope(sessions) as session:
        count_try(session, login, place, now)
    with session_scope(sessions, writes=False) as session:
        _good_slip(session, login, code, now)
    fault = fault_of_password(new, login)
    if fault is not None:
        raise RefusedError("weak_password", fault)
    hashed = passwords.hash(new)  # slow, so outside the transaction that writes
    with session_scope(sessions) as session:
        row = _good_slip(session, login, code, now, lock=True)
        row.used_at = now
        _enter_anew(session, row, hashed, rules, now)
        forget_failures(session, login, place)
        write_down(session, at=now, actor=Actor(login, address), act="account.slip_used", subject=login)


def _enter_anew(session: Session, row: PasswordSlip, hashed: str, rules: SignInRules, now: datetime) -> None:
    account = row.account
    account.password_hash, account.must_change = hashed, False
    end_sessions(session, account.id, at=now)
    if row.drops_factors:
        remove_all(session, account.id, at=now)
    if not has_factor(session, account.id):
        account.factor_due_at = now + rules.grace
    for failure in session.scalars(select(LoginFailure).where(LoginFailure.login == account.login)):
        session.delete(failure)


def _good_slip(session: Session, login: str, code: str, now: datetime, *, lock: bool = False) -> PasswordSlip:
    wanted = (
        select(PasswordSlip)
        .join(Account, Account.id == PasswordSlip.account_id)
        .where(
            PasswordSlip.code_hash == hash_token(code),
            Account.login == login,
            Account.closed_at.is_(None),
            PasswordSlip.used_at.is_(None),
            PasswordSlip.withdrawn_at.is_(None),
            PasswordSlip.until_at > now,
        )
    )
    row = session.scalar(wanted.with_for_update(of=PasswordSlip) if lock else wanted)
    if row is None:
        raise RefusedError("no_slip", _NO_GOOD)
    if row.needs_second and row.confirmed_at is None:
        raise RefusedError(
            "unconfirmed",
            Sentence(
                "A second person has to confirm this slip first: another administrator, the director or the shift "
                "supervisor. Ask one of them, then try again."
            ),
        )
    return row


def _as_printed(code: str) -> str:
    letters = "".join(letter for letter in code.lower() if letter.isalnum())[:40]
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
