"""How each agency is reached: its program's address, a drop of files, or not at all until it fetches."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.sharing.outbox.calling import Target
from hub.sharing.outbox.drop_settings import drops_in_force
from hub.sharing.partners.records import Webhook


def target_of(session: Session, agency: str) -> Target | None:
    """Where the agency's program listens now; None where it has no address."""
    held = session.scalar(select(Webhook).where(Webhook.agency == agency, Webhook.ended_at.is_(None)))
    if held is None:
        return None
    return Target(held.url, held.ca_pem, held.pin, held.batch)


def agencies_with_webhook(session: Session) -> frozenset[str]:
    """Agencies whose program is told at once."""
    return frozenset(session.scalars(select(Webhook.agency).where(Webhook.ended_at.is_(None))))


def agencies_with_channel(session: Session) -> frozenset[str]:
    """Agencies that anything can be sent to; what others are to hear lies ready for them."""
    return agencies_with_webhook(session) | frozenset(one.agency for one in drops_in_force(session))
