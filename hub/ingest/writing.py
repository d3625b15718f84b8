"""Writing what `storing.extend` found: entries, forks, quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from hub.ingest.chain import Conflict
from hub.ingest.clocks import Moment
from hub.ingest.reading import Trouble
from hub.ingest.records import EntryStatus, Fork, Journal, Quarantined, StoredEntry
from hub.ingest.storing import Arrived, Extension
from hub.rows import insert_rows


@dataclass(frozen=True)
class Judged:
    """When an entry happened, and why it cannot be applied, if it cannot."""

    moment: Moment
    trouble: Trouble | None = None


Judgements = Mapping[tuple[int, bytes], Judged]
"""Of the entries of one journal that are to be applied, by sequence and link."""


def write(session: Session, extension: Extension, judged: Judgements, now: datetime) -> list[Conflict]:
    """Write all entries of an extension and the conflicts among them; gives the conflicts not known before.

    The order keeps one canonical entry a sequence at every moment: out with the old, in with the new.
    """
    journal = extension.journal
    for row in extension.demoted:
        session.execute(_one(journal, *row.key).values(canonical=False))
    fresh = [
        *(
            _values(one, _status(judged[one.key]), judged[one.key].moment)
            for one in extension.applicable
            if one.entry_id is None
        ),
        *(_values(one, EntryStatus.FORK, None) for one in extension.forked),
    ]
    insert_rows(session, StoredEntry, fresh)
    for one in extension.applicable:
        if one.entry_id is not None:
            found = judged[one.key]
            turned = {"canonical": True, "status": _status(found).value, **_when(found.moment)}
            session.execute(_one(journal, *one.key).values(turned))
    _quarantine(session, journal, judged, now)
    return [
        conflict
        for conflict in extension.conflicts
        if note_fork(session, journal.terminal_id, journal.journal_id, conflict, now)
    ]


def _status(found: Judged) -> EntryStatus:
    return EntryStatus.APPLIED if found.trouble is None else EntryStatus.QUARANTINED


def _when(moment: Moment | None) -> dict[str, object]:
    if moment is None:
        return {"happened_at": None, "early_ms": None, "late_ms": None, "sure": None}
    return {
        "happened_at": moment.at,
        "early_ms": moment.early_ms,
        "late_ms": moment.late_ms,
        "sure": moment.sure,
    }


def _values(one: Arrived, status: EntryStatus, moment: Moment | None) -> dict[str, object]:
    return {
        "terminal_id": one.keys.terminal_id,
        "journal_id": one.journal_id,
        "sequence": one.linked.entry.sequence,
        "link": one.linked.link,
        "before": one.linked.before,
        "raw": one.linked.raw,
        "received_at": one.received_at,
        "canonical": status is not EntryStatus.FORK,
        "status": status.value,
        **_when(moment),
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


def _quarantine(session: Session, journal: Journal, judged: Judgements, now: datetime) -> None:
    for (sequence, link), found in judged.items():
        if found.trouble is None:
            continue
        entry_id = session.execute(
            select(StoredEntry.id).where(
                StoredEntry.terminal_id == journal.terminal_id,
                StoredEntry.journal_id == journal.journal_id,
                StoredEntry.sequence == sequence,
                StoredEntry.link == link,
            )
        ).scalar_one()
        session.add(Quarantined(entry_id=entry_id, reason=found.trouble.value, since_at=now))
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
