"""Telling the sender how a message stands: an event with the number of the receipt, which they then fetch."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.inbox.records import InboundMessage, InboxItem
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.spreading import enqueue

ANSWER: Final = "order_receipt"


def tell(session: Session, row: InboundMessage, item: InboxItem, at: datetime) -> bool:
    """Whether the sender hears of it now: agencies whose agreement has receipts. Others ask by the number."""
    agreed = any(
        grant.exchange == ANSWER
        for one in agreements_in_force(session, at)
        if one.agency == row.agency
        for grant in one.terms.grants
    )
    if agreed:
        enqueue(
            session,
            agency=row.agency,
            type=EventType.ORDER_ANSWERED,
            exchange=ANSWER,
            reference=row.number,
            person=item.person_id,
            at=at,
            data={"receipt": row.number, "state": item.state},
        )
    return agreed
