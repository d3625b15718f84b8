"""Extending a stored journal by what arrived: which entries are new, which contradict, how far it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.errors import HubError
from hub.ingest.chain import Chain, Conflict, Row
from hub.ingest.doorkeeper import VerifiedBatch
from hub.ingest.records import Journal, StoredEntry
from hub.terminals.actions import TerminalKeys
from wire.codec import decode
from wire.journal import Entry, Linked, genesis

_READ_ON_ROWS = 1000
"""Rows looked at in one query while a closed gap is walked over."""
_JOINED_GAP = 3
"""Runs nearer than this share stored neighbours and are taken together."""


class StaleJournalError(HubError):
    """Another ingester extended the journal meanwhile; the same deliveries are simply taken again."""

    def __init__(self) -> None:
        super().__init__("stale_journal", "Another ingest process was faster. The messages are taken again.")


@dataclass(frozen=True)
class Arrived:
    """An entry that now belongs to the chain and is to be applied. `entry_id` is set when it was stored before."""

    keys: TerminalKeys
    journal_id: bytes
    linked: Linked
    received_at: datetime
    historical: bool
    entry_id: int | None = None

    @property
    def key(self) -> tuple[int, bytes]:
        return self.linked.entry.sequence, self.linked.link


@dataclass
class Extension:
    """What arrivals did to one journal. Nothing but the journal's own row is written yet."""

    keys: TerminalKeys
    journal: Journal
    applicable: list[Arrived] = field(default_factory=list)
    forked: list[Arrived] = field(default_factory=list)
    demoted: list[Row] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    duplicates: int = 0


def extend(session: Session, batches: Sequence[VerifiedBatch], now: datetime) -> list[Extension]:
    """Place all entries of `batches`, journal by journal, each journal locked until the transaction ends."""
    groups: dict[tuple[int, bytes], list[VerifiedBatch]] = {}
    for batch in batches:
        groups.setdefault((batch.keys.terminal_id, batch.batch.journal_id), []).append(batch)
    return [_extend_one(session, groups[key], now) for key in sorted(groups)]


def _extend_one(session: Session, batches: list[VerifiedBatch], now: datetime) -> Extension:
    keys, journal_id = batches[0].keys, batches[0].batch.journal_id
    journal = _locked_journal(session, keys, journal_id, now)
    extension = Extension(keys, journal)
    committed, link = journal.committed, journal.committed_link
    for run in _runs(batches):
        chain = _extend_run(session, journal, committed, link, run)
        committed, link = chain.committed, chain.committed_link
        extension.duplicates += chain.duplicates
        _sort_out(session, extension, chain, run)
    _raise_high_water(session, journal, committed, link, extension.duplicates)
    return extension


def _locked_journal(session: Session, keys: TerminalKeys, journal_id: bytes, now: datetime) -> Journal:
    values = {
        "terminal_id": keys.terminal_id,
        "journal_id": journal_id,
        "committed": 0,
        "committed_link": genesis(keys.name, journal_id),
        "backed_up": 0,
        "duplicates": 0,
        "first_heard_at": now,
    }
    wanted = (
        select(Journal)
        .where(Journal.terminal_id == keys.terminal_id, Journal.journal_id == journal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(wanted).one_or_none()
    if found is not None:
        return found
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Journal).values(values).on_conflict_do_nothing())
    return session.scalars(wanted).one()


def _runs(batches: list[VerifiedBatch]) -> Iterator[list[VerifiedBatch]]:
    """Batches in order, those that touch or overlap together."""
    run: list[VerifiedBatch] = []
    last = 0
    for batch in sorted(batches, key=lambda one: (one.batch.first, one.received_at)):
        if run and batch.batch.first > last + _JOINED_GAP:
            yield run
            run = []
        run.append(batch)
        last = max(last, batch.batch.first + len(batch.entries) - 1)
    yield run


def _extend_run(
    session: Session, journal: Journal, committed: int, link: bytes, run: list[VerifiedBatch]
) -> Chain:
    first = run[0].batch.first
    last = max(batch.batch.first + len(batch.entries) - 1 for batch in run)
    chain = Chain(committed, link, _rows(session, _stored(journal, first - 1, last + 1)))
    for batch in run:
        for linked in batch.entries:
            chain.place(linked)
    chain.advance()
    known = last + 1
    while chain.committed == known:
        known += _READ_ON_ROWS
        chain.learn(_rows(session, _stored(journal, chain.committed + 1, known)))
        chain.advance()
    return chain


def _stored(journal: Journal, first: int, last: int) -> Select[int, bytes, bytes, bool]:
    return select(StoredEntry.sequence, StoredEntry.link, StoredEntry.before, StoredEntry.canonical).where(
        StoredEntry.terminal_id == journal.terminal_id,
        StoredEntry.journal_id == journal.journal_id,
        StoredEntry.sequence.between(first, last),
    )


def _rows(session: Session, stored: Select[int, bytes, bytes, bool]) -> list[Row]:
    return [Row(*row) for row in session.execute(stored)]


def _sort_out(session: Session, extension: Extension, chain: Chain, run: list[VerifiedBatch]) -> None:
    came_in = {(linked.entry.sequence, linked.link): batch for batch in run for linked in batch.entries}
    for row in chain.fresh:
        assert row.linked is not None
        batch = came_in[row.key]
        arrived = Arrived(
            extension.keys,
            extension.journal.journal_id,
            row.linked,
            batch.received_at,
            batch.batch.historical,
        )
        (extension.applicable if row.canonical else extension.forked).append(arrived)
    for row in chain.changed:
        if row.canonical:
            extension.applicable.append(_stored_before(session, extension, row))
        else:
            extension.demoted.append(row)
    extension.conflicts.extend(chain.conflicts)


def _stored_before(session: Session, extension: Extension, row: Row) -> Arrived:
    journal = extension.journal
    entry = session.scalars(
        select(StoredEntry).where(
            StoredEntry.terminal_id == journal.terminal_id,
            StoredEntry.journal_id == journal.journal_id,
            StoredEntry.sequence == row.sequence,
            StoredEntry.link == row.link,
        )
    ).one()
    linked = Linked(decode(entry.raw, Entry), entry.raw, entry.before, entry.link)
    return Arrived(extension.keys, journal.journal_id, linked, entry.received_at, True, entry.id)


def _raise_high_water(
    session: Session, journal: Journal, committed: int, link: bytes, duplicates: int
) -> None:
    if committed == journal.committed and duplicates == 0:
        return
    raised = session.execute(
        update(Journal)
        .where(Journal.id == journal.id, Journal.committed == journal.committed)
        .values(committed=committed, committed_link=link, duplicates=Journal.duplicates + duplicates)
        .execution_options(synchronize_session=False)
        .returning(Journal.id)
    ).all()
    if len(raised) != 1:
        raise StaleJournalError
    session.refresh(journal)
