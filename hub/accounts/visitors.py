"""From the cookie of a request to the visitor that the guard asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.emergencies.held import opened_to
from hub.accounts.factors.held import has_factor
from hub.accounts.permissions import Permission, permissions_of
from hub.accounts.policy import DEFAULT_RULES, SignInRules
from hub.accounts.records import LoginSession
from hub.accounts.sessions import SEEN_EVERY, recognise, touch
from hub.database import Sessions, session_scope
from hub.web.door import Recognise, Visitor

_AT_THE_DOOR: Final = frozenset({Permission.ENTERING.value})
_IN_THE_HALL: Final = frozenset({Permission.ENTERING.value, Permission.SIGNED_IN.value})


def recogniser(sessions: Sessions, rules: SignInRules = DEFAULT_RULES) -> Recognise:
    """A reader of session tokens on this database."""

    def read(token: str, address: str, watching: bool, now: datetime) -> Visitor | None:
        with session_scope(sessions, writes=False) as session:
            row = recognise(session, token, now=now, watching=watching)
            if row is None:
                return None
            found, seen_at = _visitor(session, row, address, rules, now), row.seen_at
        # A screen that only watches must not keep the rest of the session awake.
        if not watching and now - seen_at > SEEN_EVERY:
            with session_scope(sessions) as session:
                touch(session, found.session_id, now=now)
        return found

    return read


def _visitor(session: Session, row: LoginSession, address: str, rules: SignInRules, now: datetime) -> Visitor:
    account = row.account
    due = _factor_due(session, row, rules)
    asked = _asked(row, due, now)
    allowed = permissions_of(account.role)
    if asked:
        allowed = _AT_THE_DOOR if row.waits else _IN_THE_HALL
    opened: frozenset[tuple[str, str]] = frozenset()
    if Permission.BREAK_GLASS in allowed:
        opened = opened_to(session, account.id, now=now)
    return Visitor(
        session_id=row.id,
        login=account.login,
        role=account.role,
        permissions=allowed,
        address=address,
        must_change=account.must_change,
        account_id=account.id,
        name=account.name,
        asked=asked,
        proved_at=row.proved_at,
        factor_due_at=due,
        opened=opened,
    )


def _factor_due(session: Session, row: LoginSession, rules: SignInRules) -> datetime | None:
    """Until when this account has to get the second factor that it lacks, None when it needs none."""
    account = row.account
    if account.factor_due_at is None or not rules.must_have_factor(account.role):
        return None
    return None if has_factor(session, account.id) else account.factor_due_at


def _asked(row: LoginSession, factor_due_at: datetime | None, now: datetime) -> str:
    """Where this visitor has to go before anything else, "" when nothing is asked."""
    if row.waits:
        return "factor_door.second_factor"
    if row.account.must_change:
        return "accounts.password"
    return "own_account.account" if factor_due_at is not None and factor_due_at <= now else ""
