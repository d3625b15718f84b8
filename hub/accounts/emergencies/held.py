"""What break-glass opens to whom at this moment, and which uses nobody has looked after yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.accounts.emergencies.records import EmergencyUse
from hub.accounts.permissions import Permission
from hub.web.door import Visitor

BREAKABLE: Final = (Permission.SEE_PEOPLE, Permission.SEE_HEALTH)
"""What a use opens of the one file: reading it, with its flags of health."""
REVIEW_WITHIN: Final = timedelta(hours=24)
"""A use that nobody reviewed by then is late: every reviewer's pages say so."""
ESCALATE_AFTER: Final = timedelta(hours=72)
"""From then on the pages of those who manage accounts say so too."""

_OPEN_TO: Final = select(EmergencyUse.person_number).where(
    EmergencyUse.account_id == bindparam("account_id"),
    EmergencyUse.until_at > bindparam("now"),
    EmergencyUse.closed_at.is_(None),
)


def opened_to(session: Session, account_id: int, *, now: datetime) -> frozenset[tuple[str, str]]:
    """(permission, person number) of all that this account's open uses let it see."""
    rows = session.scalars(_OPEN_TO, {"account_id": account_id, "now": now})
    return frozenset((permission.value, number) for number in rows for permission in BREAKABLE)


def open_uses(session: Session, account_id: int, *, now: datetime) -> list[EmergencyUse]:
    """The uses of this account that are open, the one that ends first before the others."""
    rows = session.scalars(
        select(EmergencyUse)
        .where(
            EmergencyUse.account_id == account_id,
            EmergencyUse.until_at > now,
            EmergencyUse.closed_at.is_(None),
        )
        .order_by(EmergencyUse.until_at)
    )
    return list(rows)


def unreviewed(session: Session, *, before: datetime | None = None) -> list[EmergencyUse]:
    """Uses without a review, the oldest first; only those opened before a time when one is given."""
    wanted = select(EmergencyUse).where(EmergencyUse.reviewed_at.is_(None)).order_by(EmergencyUse.opened_at)
    if before is not None:
        wanted = wanted.where(EmergencyUse.opened_at < before)
    return list(session.scalars(wanted))


def may_see(
    session: Session, visitor: Visitor, permission: str, person_number: str, *, now: datetime
) -> bool:
    """Whether the visitor may see this of the person, by role or by an open use of break-glass."""
    if visitor.may(permission):
        return True
    if not visitor.may(Permission.BREAK_GLASS):
        return False
    return (permission, person_number) in opened_to(session, visitor.account_id, now=now)
