"""The trail: every look at a file and every change, written in the transaction it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.records import AuditEntry

COMMAND_LINE: Final = "command line"


@dataclass(frozen=True)
class Actor:
    """Who acts and from where: a login and a network address, or a command on the hub itself."""

    login: str
    address: str


OPERATOR: Final = Actor("operator", COMMAND_LINE)
"""Whoever may run commands on the hub's machine."""


def write_down(
    session: Session, *, at: datetime, actor: Actor, act: str, subject: str = "", detail: str = ""
) -> None:
    """Append one line. `subject` is a person number, login or code; `detail` never holds a name."""
    session.add(
        AuditEntry(
            at=at,
            actor=actor.login[:64],
            address=actor.address[:64],
            act=act,
            subject=subject[:64],
            detail=detail[:500],
        )
    )
