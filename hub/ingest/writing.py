"""Writing what `storing.extend` found: entries, forks, quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from hub.database import insert_rows
from hub.ingest.chain import Conflict
from hub.ingest.reading import Trouble
from hub.ingest.records import EntryStatus, Fork, Journal, Quarantined, StoredEntry
from hub.ingest.storing import Arrived, Extension

Troubles = Mapping[tuple[int, bytes], Trouble]
"""Entries of one journal that cannot be applied, by sequence and link."""


def write(session: Session, extension: Extension, troubles: Troubles, now: datetime) -> list[Conflict]:
    """Write all entries of an extension and the conflicts among them; gives the conflicts not known before.

    The order keeps one canonical entry a sequence at every moment: out with the old, in with the new.
    """
    journal = extension.journal
    for row in extension.demoted:
        session.execute(_one(journal, *row.key).values(canonical=False))
    fresh = [
        *(_values(one, _status(one, troubles), True) for one in extension.applicable if one.entry_id is None),
        *(_values(one, EntryStatus.FORK, False) for one in extension.forked),
    ]
    insert_rows(session, StoredEntry, fresh)
    for one in extension.applicable:
        if one.entry_id is not None:
            turned = {"canonical": True, "status": _status(one, troubles).value}
            session.execute(_one(journal, *one.key).values(turned))
    _quarantine(session, journal, troubles, now)
    return [
        conflict
        for conflict in extension.conflicts
        if note_fork(session, journal.terminal_id, journal.journal_id, conflict, now)
    ]


def _status(one: Arrived, troubles: Troubles) -> EntryStatus:
    return EntryStatus.QUARANTINED if one.key in troubles else EntryStatus.APPLIED


def _values(one: Arrived, status: EntryStatus, canonical: bool) -> dict[str, object]:
    return {
        "terminal_id": one.keys.terminal_id,
        "journal_id": one.journal_id,
        "sequence": one.linked.entry.sequence,
        "link": one.linked.link,
        "before": one.linked.before,
        "raw": one.linked.raw,
        "received_at": one.received_at,
        "canonical": canonical,
        "status": status.value,
    }


def _one(journal: Journal, sequence: int, link: bytes) -> Update:
    return (
        update(StoredEntry)
        .where(
            StoredEntry.terminal_id == journal.terminal_id,
            StoredEntry.journal_id == journal.journal_id,
            StoredEntry.sequence == sequence,
            StoredEntry.link == link,
        )
        .execution_options(synchronize_session=False)
    )


def _quarantine(session: Session, journal: Journal, troubles: Troubles, now: datetime) -> None:
    for (sequence, link), trouble in troubles.items():
        entry_id = session.execute(
            select(StoredEntry.id).where(
                StoredEntry.terminal_id == journal.terminal_id,
                StoredEntry.journal_id == journal.journal_id,
                StoredEntry.sequence == sequence,
                StoredEntry.link == link,
            )
        ).scalar_one()
        session.add(Quarantined(entry_id=entry_id, reason=trouble.value, since_at=now))
    session.flush()


def note_fork(
    session: Session, terminal_id: int, journal_id: bytes, conflict: Conflict, now: datetime
) -> bool:
    """Keep a fork; False when it is known."""
    known = select(Fork.id).where(
        Fork.terminal_id == terminal_id,
        Fork.journal_id == journal_id,
        Fork.sequence == conflict.sequence,
        Fork.link == conflict.link,
    )
    if session.execute(known).first() is not None:
        return False
    session.add(
        Fork(
            terminal_id=terminal_id,
            journal_id=journal_id,
            sequence=conflict.sequence,
            link=conflict.link,
            held_link=conflict.held_link,
            noticed_at=now,
        )
    )
    session.flush()
    return True
