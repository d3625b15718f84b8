"""What a branch of a journal said that turned out not to be the one that holds: its proofs and movements go with it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.ingest.records import StoredEntry
from hub.ingest.storing import Extension
from hub.movements.records import Movement, MovementReversal
from hub.movements.whereabouts.prove import withdraw
from hub.rows import insert_rows
from wire.codec import decode
from wire.errors import WireError
from wire.happenings import Attestation, Passage, read_body
from wire.journal import Entry

WHY: Final = "another branch of the journal holds"
HUB: Final = "hub"


def take_back(session: Session, extension: Extension, now: datetime) -> None:
    """Take back what entries that are no longer followed had proved; they were written as demoted before."""
    terminal, journal_id = extension.keys.name, extension.journal.journal_id
    for row in extension.demoted:
        person_id = _person_of(session, extension, row.sequence, row.link)
        if person_id is None:
            continue
        withdraw(session, [person_id], terminal, journal_id, [row.sequence], now, WHY, link=row.link)
        movements = session.scalars(
            select(Movement.id).where(
                Movement.terminal == terminal,
                Movement.journal_id == journal_id,
                Movement.sequence == row.sequence,
                Movement.link == row.link,
                ~exists().where(MovementReversal.movement_id == Movement.id),
            )
        ).all()
        told = {"reversed_at": now, "reversed_by": HUB, "reason": WHY}
        insert_rows(session, MovementReversal, [{"movement_id": one, **told} for one in movements])


def _person_of(session: Session, extension: Extension, sequence: int, link: bytes) -> int | None:
    raw = session.scalar(
        select(StoredEntry.raw).where(
            StoredEntry.terminal_id == extension.journal.terminal_id,
            StoredEntry.journal_id == extension.journal.journal_id,
            StoredEntry.sequence == sequence,
            StoredEntry.link == link,
        )
    )
    if raw is None:
        return None
    try:
        said = read_body(decode(raw, Entry))
    except WireError:
        return None  # it was put into quarantine and proved nothing
    if not isinstance(said, Passage | Attestation) or said.person is None:
        return None
    return session.scalar(select(Person.id).where(Person.number == said.person))
