"""Keeping what terminals signed: without the signature of its batch an entry proves nothing to a stranger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.ingest.clocks import FIRST, in_utc
from hub.ingest.doorkeeper import VerifiedBatch
from hub.ingest.records import BatchSignature
from hub.ingest.storing import Extension
from wire.journal import Clock, Linked

LONG = timedelta(days=1)
"""Batches whose entries may lie further apart are found by an index of their own."""


def keep_signatures(
    session: Session, batches: Sequence[VerifiedBatch], extensions: Sequence[Extension]
) -> None:
    """Keep the signature of each batch that brought an entry which was not stored before."""
    fresh = {
        (extension.keys.terminal_id, extension.journal.journal_id, *one.key)
        for extension in extensions
        for one in (*extension.applicable, *extension.forked)
        if one.entry_id is None
    }
    rows = [
        _row(batch)
        for batch in batches
        if any(
            (batch.keys.terminal_id, batch.batch.journal_id, linked.entry.sequence, linked.link) in fresh
            for linked in batch.entries
        )
    ]
    if rows:
        # The same batch twice in one transaction is one signature.
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        table: Table = BatchSignature.__table__  # type: ignore[assignment]
        session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def span(entries: Sequence[Linked], received_at: datetime) -> tuple[datetime, datetime]:
    """Between which times the entries can have happened, by their clocks and by when the hub heard of them.

    A clock that is not sure may be behind: such an entry can have happened up to when it was heard of.
    """
    said = [max(FIRST, min(in_utc(linked.entry.wall_time), received_at)) for linked in entries]
    unsure = any(linked.entry.clock is not Clock.SYNCHRONISED for linked in entries)
    return min(said), received_at if unsure else max(said)


def _row(batch: VerifiedBatch) -> dict[str, object]:
    earliest, latest = span(batch.entries, batch.received_at)
    return {
        "terminal_id": batch.keys.terminal_id,
        "journal_id": batch.batch.journal_id,
        "first": batch.batch.first,
        "last": batch.entries[-1].entry.sequence,
        "last_link": batch.entries[-1].link,
        "historical": batch.batch.historical,
        "signature": batch.batch.signature,
        "received_at": batch.received_at,
        "earliest_at": earliest,
        "latest_at": latest,
        "is_long": latest - earliest > LONG,
    }
