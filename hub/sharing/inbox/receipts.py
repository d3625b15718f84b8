"""The receipt that an agency fetches: that its message is here, is its own; why it was refused, the gate lets out."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from hub.sharing.api.calls import Call
from hub.sharing.catalogue import Way
from hub.sharing.catalogue.brought import RECEIPT_REASON
from hub.sharing.gate import NotAgreedError, share
from hub.sharing.inbox.receiving import Receipt
from hub.sharing.inbox.records import InboundMessage, InboxItem
from hub.sharing.inbox.telling import ANSWER
from hub.sharing.outbox.listeners import purpose_for


def as_agreed(call: Call, receipt: Receipt) -> Receipt:
    """The receipt without its reason where no agreement names that; with it, it is a disclosure.

    What was recorded otherwise than it was sent is a reason as well: it says what the file holds.
    """
    if not (receipt.reason or receipt.reason_code or receipt.corrections):
        return receipt
    person = call.session.scalar(
        select(InboxItem.person_id)
        .join(InboundMessage, InboundMessage.id == InboxItem.id)
        .where(InboundMessage.number == receipt.number)
    )
    agency = call.client.agency
    call.must_write()
    try:
        share(
            call.session,
            agency=agency,
            exchange=ANSWER,
            purpose=purpose_for(call.session, agency, ANSWER, call.at),
            person=person,
            at=call.at,
            actor=call.actor,
            way=Way.PULL,
            wanted=(RECEIPT_REASON.name,),
            reference=receipt.number,
            given={RECEIPT_REASON.name: receipt.reason or receipt.reason_code or "corrected"},
        )
    except NotAgreedError:
        return msgspec.structs.replace(receipt, reason="", reason_code="", corrections=())
    return receipt
