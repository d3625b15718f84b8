"""Whose turn it is to send to an agency, and how long to leave it alone. One process at a time, by guarded updates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hub.sharing.outbox.answers import OF_THE_AGENCY, Answer
from hub.sharing.outbox.records import Delivery, DeliverySender, State
from hub.sharing.outbox.retrying import OF_AGENCY, pause

LEASE: Final = timedelta(minutes=2)


def anything_due(session: Session, agency: str, now: datetime) -> bool:
    """Whether it is worth asking for the turn: something waits, and the agency need not be left alone."""
    alone = session.scalar(select(DeliverySender.retry_at).where(DeliverySender.agency == agency))
    if alone is not None and alone > now:
        return False
    waiting = select(Delivery.id).where(
        Delivery.agency == agency, Delivery.state == State.WAITING.value, Delivery.next_at <= now
    )
    return session.scalar(waiting.limit(1)) is not None


def claim(session: Session, agency: str, token: str, now: datetime) -> bool:
    """Take the turn; False while another process has it, or while the agency is left alone after a failure."""
    mine = (
        update(DeliverySender)
        .where(
            DeliverySender.agency == agency,
            or_(
                DeliverySender.until_at.is_(None),
                DeliverySender.until_at < now,
                DeliverySender.token == token,
            ),
            or_(DeliverySender.retry_at.is_(None), DeliverySender.retry_at <= now),
        )
        .values(token=token, until_at=now + LEASE)
    )
    return bool(session.execute(mine).rowcount)  # type: ignore[attr-defined]


def failures_of(session: Session, agency: str) -> int:
    """How often in a row the agency itself could not be reached."""
    return session.scalar(select(DeliverySender.failures).where(DeliverySender.agency == agency)) or 0


def release(
    session: Session,
    agency: str,
    token: str,
    now: datetime,
    last: Answer | None,
    chance: Callable[[], float],
) -> None:
    """Give the turn back. `last` is the last answer of it, None where nothing was sent."""
    values: dict[str, Any] = {"until_at": None}
    if last is not None:
        values["outcome"] = last.outcome.value
        if last.status is not None:
            values["contact_at"] = now
        failed = last.outcome in OF_THE_AGENCY
        failures = failures_of(session, agency) + 1 if failed else 0
        values["failures"] = failures
        values["retry_at"] = now + pause(failures, OF_AGENCY, chance, last.retry_after_s) if failed else None
    mine = update(DeliverySender).where(DeliverySender.agency == agency, DeliverySender.token == token)
    session.execute(mine.values(**values))
