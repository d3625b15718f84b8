"""Officers' PINs for terminals: few digits, so they open nothing but the officer's page of a terminal."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts.actions import find_account
from hub.accounts.audit import Actor, write_down
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.accounts.records import Account, OfficerChange, OfficerPin
from hub.sentences import RefusedError, Sentence

MIN_DIGITS: Final = 6
MAX_DIGITS: Final = 8
AT_TERMINALS: Final = (Role.OFFICER, Role.SHIFT_SUPERVISOR, Role.CONTROL_ROOM)
"""Whose PINs go to terminals."""

_DIGITS = re.compile(rf"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}\Z")
_KEYPAD_WALKS: Final = ("147258369", "963852741", "741852963", "369258147", "159357", "357159", "258046")


@dataclass(frozen=True)
class TerminalOfficer:
    """An officer as terminals need one; `pin` is the Argon2id string."""

    login: str
    name: str
    pin: str

    def __repr__(self) -> str:
        return f"TerminalOfficer({self.login})"


def fault_of_pin(pin: str) -> Sentence | None:
    """What is wrong with a PIN somebody chose, None when nothing is."""
    if _DIGITS.match(pin) is None:
        return Sentence(
            "A PIN has %(fewest)s to %(most)s digits. Type digits only.",
            {"fewest": MIN_DIGITS, "most": MAX_DIGITS},
        )
    if _is_obvious(pin):
        return Sentence("This PIN is among the first that anybody would try. Choose another one.")
    return None


def make_pin(choose: Callable[[str], str] = secrets.choice) -> str:
    """Six digits that are not among the first that anybody would try."""
    while True:
        pin = "".join(choose("0123456789") for _ in range(MIN_DIGITS))
        if fault_of_pin(pin) is None:
            return pin


def set_pin(session: Session, login: str, pin_hash: str, *, name: str, actor: Actor, at: datetime) -> None:
    """Keep the hash of a PIN that `fault_of_pin` found good; terminals hear of it. `name` is how they show one."""
    account = find_account(session, login)
    account.name = " ".join(name.split())[:80]
    held = session.get(OfficerPin, account.id)
    if held is None:
        session.add(OfficerPin(account_id=account.id, pin_hash=pin_hash, set_at=at, must_change=False))
    else:
        held.pin_hash, held.set_at, held.must_change = pin_hash, at, False
    note_officers_changed(session, at)
    write_down(session, at=at, actor=actor, act="account.set_pin", subject=login)


def hash_pin(passwords: Passwords, pin: str) -> str:
    """Argon2id string of a PIN; RefusedError when it is none or an obvious one. Slow: outside any transaction."""
    fault = fault_of_pin(pin)
    if fault is not None:
        raise RefusedError("weak_pin", fault)
    return passwords.hash(pin)


def must_change_pins(session: Session, logins: Collection[str] | None, *, at: datetime) -> int:
    """Take PINs back from every terminal until their officers set new ones; None takes all. Gives how many."""
    wanted = select(Account.id) if logins is None else select(Account.id).where(Account.login.in_(logins))
    taken = session.scalars(
        update(OfficerPin)
        .where(OfficerPin.account_id.in_(wanted), OfficerPin.must_change.is_(False))
        .values(must_change=True)
        .returning(OfficerPin.account_id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if taken:
        note_officers_changed(session, at)
    return len(taken)


def pin_of(session: Session, login: str) -> OfficerPin | None:
    """What is kept of somebody's PIN, None when there is none."""
    return session.scalar(
        select(OfficerPin).join(Account, Account.id == OfficerPin.account_id).where(Account.login == login)
    )


def officers_for_terminals(session: Session) -> list[TerminalOfficer]:
    """Everybody whose PIN terminals may take, by login."""
    rows = session.execute(
        select(Account.login, Account.name, OfficerPin.pin_hash)
        .join(OfficerPin, OfficerPin.account_id == Account.id)
        .where(Account.closed_at.is_(None), OfficerPin.must_change.is_(False))
        .where(Account.role.in_([role.value for role in AT_TERMINALS]))
        .order_by(Account.login)
    )
    return [TerminalOfficer(login, name or login, pin) for login, name, pin in rows]


def officers_version(session: Session) -> int:
    """Rises with each change of what `officers_for_terminals` gives; 0 before the first."""
    return session.scalar(select(func.max(OfficerChange.id))) or 0


def note_officers_changed(session: Session, at: datetime) -> None:
    """Terminals have to hear anew which officers there are."""
    session.add(OfficerChange(changed_at=at))
    session.flush()


def _is_obvious(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    repeated = any(pin == pin[:size] * (len(pin) // size) for size in (1, 2, 3) if len(pin) % size == 0)
    mirrored = len(set(pin)) <= 2
    walk = any(pin in path or path[: len(pin)] == pin for path in _KEYPAD_WALKS)
    return (len(steps) == 1 and steps <= {0, 1, 9}) or repeated or mirrored or walk
