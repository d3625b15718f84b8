"""Telling an agency that its request was decided: a thin event. What was decided they fetch, by the gate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.sharing.forensic.records import ForensicRequest
from hub.sharing.forensic.rules import Ask
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.listeners import told_for
from hub.sharing.outbox.spreading import enqueue

EXCHANGES = {Ask.IDENTITY: "identity_answer", Ask.PRINTS: "fingerprint_set"}
EVENTS = {Ask.IDENTITY: EventType.IDENTITY_ANSWERED, Ask.PRINTS: EventType.PRINTS_ANSWERED}


def exchange_of(row: ForensicRequest) -> str:
    """The exchange by which the answer leaves."""
    return "custody_reference" if row.form == "reference" else EXCHANGES[Ask(row.kind)]


def tell(session: Session, row: ForensicRequest, at: datetime) -> None:
    """The event names the request and nobody: an answer says nothing to whoever overhears it.

    Whoever did not agree to be told asks by the number of the request.
    """
    type, exchange = EVENTS[Ask(row.kind)], exchange_of(row)
    if row.purpose not in told_for(session, row.agency, exchange, type, at):
        return
    enqueue(
        session,
        agency=row.agency,
        type=type,
        exchange=exchange,
        purpose=row.purpose,
        reference=row.number,
        at=at,
        data={"message": row.message_id},
    )
