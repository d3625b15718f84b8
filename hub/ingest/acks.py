"""How far the hub holds a journal, signed for its terminal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.ingest.records import Journal, StoredEntry
from wire.envelope import HUB, sign
from wire.journal import Ack, Span
from wire.keys import SigningKey
from wire.topics import Channel

MAX_SPANS = 64


def ack_of(session: Session, journal: Journal, now: datetime) -> Ack:
    """Acknowledgement of a journal as it stands in this transaction; to be sent after the commit only."""
    return Ack(
        journal_id=journal.journal_id,
        committed=journal.committed,
        committed_link=journal.committed_link,
        ahead=_ahead(session, journal),
        backed_up=journal.backed_up,
        hub_time=now,
    )


def sign_ack(ack: Ack, terminal: str, key: SigningKey) -> bytes:
    """The message for the terminal's ack topic."""
    return sign(Channel.ACK.value, HUB, terminal, ack, key)


def _ahead(session: Session, journal: Journal) -> list[Span]:
    """Spans held beyond the first gap, lowest first."""
    beyond = (
        StoredEntry.terminal_id == journal.terminal_id,
        StoredEntry.journal_id == journal.journal_id,
        StoredEntry.sequence > journal.committed,
        StoredEntry.canonical,
    )
    if session.execute(select(StoredEntry.id).where(*beyond).limit(1)).first() is None:
        return []
    # Within a span, sequence minus row number stays the same.
    numbered = (
        select(
            StoredEntry.sequence,
            (StoredEntry.sequence - func.row_number().over(order_by=StoredEntry.sequence)).label("island"),
        )
        .where(*beyond)
        .subquery()
    )
    first = func.min(numbered.c.sequence)
    rows = session.execute(
        select(first, func.max(numbered.c.sequence))
        .group_by(numbered.c.island)
        .order_by(first)
        .limit(MAX_SPANS)
    )
    return [Span(first=low, last=high) for low, high in rows]
