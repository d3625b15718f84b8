"""Messages that nobody trusted signed: counted by reason, a bounded number kept for whoever looks into it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.ingest.doorkeeper import Delivery
from hub.ingest.records import AsideCount, KeptAside
from wire.errors import Refusal

MAX_KEPT_BYTES = 4096
"""Enough of a message to see what it was meant to be."""
MAX_KEPT_PER_REASON = 1000
"""The first ones are kept: a flood cannot wash out what came before it. At most 4 MB a reason."""


def keep_aside(session: Session, delivery: Delivery, reason: Refusal, at: datetime) -> None:
    """Count a refused message and keep the beginning of it while there is room."""
    count = session.get(AsideCount, reason.value, with_for_update=True, populate_existing=True)
    if count is None:
        count = AsideCount(reason=reason.value, messages=0, last_at=at)
        session.add(count)
    count.messages += 1
    count.last_at = at
    if count.messages > MAX_KEPT_PER_REASON and _kept(session, reason) >= MAX_KEPT_PER_REASON:
        return
    session.add(
        KeptAside(
            at=at,
            reason=reason.value,
            topic=delivery.topic[:120],
            size_bytes=len(delivery.raw),
            raw=delivery.raw[:MAX_KEPT_BYTES],
        )
    )


def refused_messages(session: Session) -> dict[str, int]:
    """How many messages were refused, by reason."""
    return {row.reason: row.messages for row in session.scalars(select(AsideCount))}


def _kept(session: Session, reason: Refusal) -> int:
    counted = select(func.count()).select_from(KeptAside).where(KeptAside.reason == reason.value)
    return session.scalar(counted) or 0
