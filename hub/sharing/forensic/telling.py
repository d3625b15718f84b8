"""Telling an agency that its request was decided: a thin event. What was decided they fetch, by the gate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.sharing.forensic.records import ForensicRequest
from hub.sharing.forensic.rules import Ask
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.spreading import enqueue

EXCHANGES = {Ask.IDENTITY: "identity_answer", Ask.PRINTS: "fingerprint_set"}


def exchange_of(row: ForensicRequest) -> str:
    """The exchange by which the answer leaves."""
    return "custody_reference" if row.form == "reference" else EXCHANGES[Ask(row.kind)]


def tell(session: Session, row: ForensicRequest, at: datetime) -> None:
    """The event names the request and nobody: an answer says nothing to whoever overhears it."""
    enqueue(
        session,
        agency=row.agency,
        type=EventType.IDENTITY_ANSWERED,
        exchange=exchange_of(row),
        purpose=row.purpose,
        reference=row.number,
        at=at,
        data={"message": row.message_id},
    )
