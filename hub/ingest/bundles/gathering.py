"""The journals of an hour: entries without a gap from before it to after it, and the signatures that cover them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from hub.ingest.clocks import FIRST, in_utc
from hub.ingest.records import BatchSignature, StoredEntry
from hub.ingest.signatures import LONG
from hub.terminals.records import Terminal
from wire.codec import decode
from wire.journal import Entry

NEIGHBOURS_WITHIN: Final = timedelta(days=7)
"""Of a journal that is silent in the hour the entries before and after are taken, where they are no further away."""


@dataclass(frozen=True)
class Part:
    """What a bundle takes of one journal: `rows` in the order of their sequences, which may have gaps.

    `held` is the highest sequence that the hub holds; `branches` are entries of another continuation.
    """

    terminal: str
    journal_id: bytes
    held: int
    rows: Sequence[StoredEntry]
    signatures: Sequence[BatchSignature]
    branches: Sequence[StoredEntry]


@dataclass(frozen=True)
class _Stretch:
    terminal_id: int
    journal_id: bytes
    first: int
    last: int


def parts(session: Session, from_at: datetime, to_at: datetime) -> Iterator[Part]:
    """One part for each journal that was written before, in or after the time, by terminal."""
    stretches = _quiet(session, from_at, to_at) | _spoken(session, from_at, to_at)
    names = {row.id: row.name for row in session.execute(select(Terminal.id, Terminal.name))}
    for key in sorted(stretches, key=lambda key: (names[key[0]], key[1])):
        part = _part(session, names[key[0]], stretches[key])
        if part.rows:  # else all of it is of a branch that the hub does not follow
            yield part


def happened_at(row: StoredEntry) -> datetime:
    """When the entry happened, as the hub reckoned it when it applied the entry; else as its terminal's clock said."""
    if row.happened_at is not None:
        return row.happened_at
    return max(FIRST, min(in_utc(decode(row.raw, Entry).wall_time), row.received_at))


def _spoken(session: Session, from_at: datetime, to_at: datetime) -> dict[tuple[int, bytes], _Stretch]:
    """Journals with entries in the time: from the one before the first of them to the one after the last."""
    found: dict[tuple[int, bytes], _Stretch] = {}
    for (terminal_id, journal_id), (first, last) in _candidates(session, from_at, to_at).items():
        rows = session.scalars(
            select(StoredEntry).where(
                StoredEntry.terminal_id == terminal_id,
                StoredEntry.journal_id == journal_id,
                StoredEntry.sequence.between(first, last),
                StoredEntry.canonical,
                or_(
                    StoredEntry.happened_at.is_(None),
                    and_(StoredEntry.happened_at >= from_at, StoredEntry.happened_at < to_at),
                ),
            )
        )
        inside = [row.sequence for row in rows if from_at <= happened_at(row) < to_at]
        if inside:
            found[terminal_id, journal_id] = _Stretch(
                terminal_id, journal_id, min(inside) - 1, max(inside) + 1
            )
    return found


def _candidates(
    session: Session, from_at: datetime, to_at: datetime
) -> dict[tuple[int, bytes], tuple[int, int]]:
    """Sequences that batches with an entry of the time may hold, by journal."""
    near = and_(BatchSignature.earliest_at >= from_at - LONG, BatchSignature.earliest_at < to_at)
    far = and_(BatchSignature.is_long, BatchSignature.earliest_at < to_at)
    rows = session.execute(
        select(
            BatchSignature.terminal_id,
            BatchSignature.journal_id,
            func.min(BatchSignature.first),
            func.max(BatchSignature.last),
        )
        .where(BatchSignature.latest_at >= from_at, or_(near, far))
        .group_by(BatchSignature.terminal_id, BatchSignature.journal_id)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _quiet(session: Session, from_at: datetime, to_at: datetime) -> dict[tuple[int, bytes], _Stretch]:
    """Journals that were written before the time, as if nothing stood in it: to show that nothing does."""
    journal = BatchSignature.terminal_id, BatchSignature.journal_id
    before = session.execute(
        select(*journal, func.max(BatchSignature.last))
        .where(
            BatchSignature.earliest_at >= from_at - NEIGHBOURS_WITHIN,
            BatchSignature.earliest_at < from_at,
            BatchSignature.latest_at < from_at,
        )
        .group_by(*journal)
    )
    after = session.execute(
        select(*journal, func.min(BatchSignature.first))
        .where(BatchSignature.earliest_at >= to_at, BatchSignature.earliest_at < to_at + NEIGHBOURS_WITHIN)
        .group_by(*journal)
    )
    ends = {(row[0], row[1]): row[2] for row in after}
    return {
        (terminal_id, journal_id): _Stretch(
            terminal_id, journal_id, last, max(last, ends.get((terminal_id, journal_id), last))
        )
        for terminal_id, journal_id, last in before
    }


def _part(session: Session, terminal: str, stretch: _Stretch) -> Part:
    of_journal = (
        BatchSignature.terminal_id == stretch.terminal_id,
        BatchSignature.journal_id == stretch.journal_id,
    )
    signatures = session.scalars(
        select(BatchSignature)
        .where(*of_journal, BatchSignature.last >= stretch.first, BatchSignature.first <= stretch.last)
        .order_by(BatchSignature.last, BatchSignature.id)
    ).all()
    first = min([stretch.first, *(one.first for one in signatures)])
    last = max([stretch.last, *(one.last for one in signatures)])
    entries = session.scalars(
        select(StoredEntry)
        .where(
            StoredEntry.terminal_id == stretch.terminal_id,
            StoredEntry.journal_id == stretch.journal_id,
            StoredEntry.sequence.between(first, last),
        )
        .order_by(StoredEntry.sequence, StoredEntry.id)
    ).all()
    held = session.scalar(
        select(func.max(StoredEntry.sequence)).where(
            StoredEntry.terminal_id == stretch.terminal_id, StoredEntry.journal_id == stretch.journal_id
        )
    )
    rows = [entry for entry in entries if entry.canonical]
    links = {entry.sequence: entry.link for entry in rows}
    return Part(
        terminal,
        stretch.journal_id,
        held or 0,
        rows,
        [one for one in signatures if links.get(one.last) == one.last_link],
        [entry for entry in entries if not entry.canonical],
    )
