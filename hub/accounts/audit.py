"""The trail: every look at a file and every change, written in the transaction it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit_purposes import purpose_of
from hub.accounts.records import Account, AuditEntry

COMMAND_LINE: Final = "command line"


@dataclass(frozen=True)
class Actor:
    """Who acts and from where: a login and a network address, or a command on the hub itself."""

    login: str
    address: str


OPERATOR: Final = Actor("operator", COMMAND_LINE)
"""Whoever may run commands on the hub's machine."""


def write_down(
    session: Session,
    *,
    at: datetime,
    actor: Actor,
    act: str,
    subject: str = "",
    detail: str = "",
    why: str = "",
) -> None:
    """Append one line. `subject` is a person number, login or code; `detail` never holds a name.

    `why` is the reason that somebody gave; without one the purpose of the act stands there, as a code of
    `hub.accounts.audit_purposes`. The role is the one that the login holds at this moment.
    """
    login = actor.login[:64]
    role = select(Account.role).where(Account.login == login).scalar_subquery()
    session.add(
        AuditEntry(
            at=at,
            actor=login,
            # Read by the insert itself: a trail must not cost another journey to the database.
            role=func.coalesce(role, ""),
            address=actor.address[:64],
            act=act,
            subject=subject[:64],
            detail=detail[:500],
            why=why.strip()[:200] or purpose_of(act),
        )
    )
