"""Telling the sender how a message stands: an event with the number of the receipt, which they then fetch."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.sharing.inbox.records import InboundMessage, InboxItem
from hub.sharing.outbox.events import EventType, zulu
from hub.sharing.outbox.listeners import told_for
from hub.sharing.outbox.spreading import enqueue

ANSWER: Final = "order_receipt"


def tell(session: Session, row: InboundMessage, item: InboxItem, at: datetime) -> bool:
    """Whether the sender hears of it now: agencies whose agreement sends receipts. Others ask by the number."""
    purposes = told_for(session, row.agency, ANSWER, EventType.ORDER_ANSWERED, at)
    if not purposes:
        return False
    enqueue(
        session,
        agency=row.agency,
        type=EventType.ORDER_ANSWERED,
        exchange=ANSWER,
        purpose=min(purposes),
        reference=row.number,
        person=item.person_id,
        at=at,
        data=_said(row, item, at),
    )
    return True


def _said(row: InboundMessage, item: InboxItem, at: datetime) -> dict[str, str]:
    """Their own references, and the fields of the document that is fetched: those leave as far as they are agreed.

    Not the officer's words: they may be about somebody, and are read from the message when the receipt is asked for.
    """
    return {
        "receipt": row.number,
        "pims:MessageID": row.message_id,
        "pims:ReceiptID": row.number,
        "pims:ReceiptStateCode": item.state,
        "pims:ReceiptDate": zulu(item.decided_at or at),
    }
