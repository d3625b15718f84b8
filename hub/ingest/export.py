"""What the hub holds, as JSON lines for whoever checks it: journal entries, positions, movements, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.custody.records import Person
from hub.ingest.aside import refused_messages
from hub.ingest.reading import Trouble, read
from hub.ingest.records import EntryStatus, StoredEntry
from hub.movements.records import Movement, Position, Zone
from hub.terminals.records import Terminal
from wire.codec import decode
from wire.happenings import Attempt, Passage
from wire.journal import Entry

_CHUNK = 1000

Line = dict[str, Any]


def journal(session: Session) -> Iterator[Line]:
    """Every stored entry by terminal, journal and sequence; forks as well as what the hub follows."""
    rows = session.execute(
        select(StoredEntry, Terminal.name)
        .join(Terminal, Terminal.id == StoredEntry.terminal_id)
        .order_by(Terminal.name, StoredEntry.journal_id, StoredEntry.sequence, StoredEntry.id)
        .execution_options(yield_per=_CHUNK)
    )
    for stored, terminal in rows:
        yield _entry(stored, terminal)


def positions(session: Session) -> Iterator[Line]:
    """Where each person was last proven to be."""
    rows = session.execute(
        select(Position, Person.number, Zone.code)
        .join(Person, Person.id == Position.person_id)
        .join(Zone, Zone.id == Position.zone_id)
        .order_by(Person.number)
    )
    for position, person, zone in rows:
        yield {
            "person": person,
            "zone": zone,
            "source": position.source,
            "proven_at": position.proven_at.isoformat(),
            "clock_sure": position.clock_sure,
            "terminal": position.terminal,
            "journal_id": position.journal_id.hex(),
            "sequence": position.sequence,
        }


def movements(session: Session) -> Iterator[Line]:
    """Every movement in the order it was recorded."""
    to_zone = aliased(Zone)
    rows = session.execute(
        select(Movement, Person.number, Zone.code, to_zone.code)
        .join(Person, Person.id == Movement.person_id)
        .join(Zone, Zone.id == Movement.from_zone_id)
        .join(to_zone, to_zone.id == Movement.to_zone_id)
        .order_by(Movement.id)
        .execution_options(yield_per=_CHUNK)
    )
    for movement, person, source, target in rows:
        yield {
            "person": person,
            "type": movement.type,
            "direction": movement.direction,
            "reason": movement.reason,
            "from_zone": source,
            "to_zone": target,
            "occurred_at": movement.occurred_at.isoformat(),
            "clock_sure": movement.clock_sure,
            "recorded_at": movement.recorded_at.isoformat(),
            "terminal": movement.terminal,
            "journal_id": movement.journal_id.hex(),
            "sequence": movement.sequence,
        }


def refusals(session: Session) -> Iterator[Line]:
    """How many messages nobody trusted signed or could read came, by reason."""
    for reason, messages in sorted(refused_messages(session).items()):
        yield {"reason": reason, "messages": messages}


EXPORTS: dict[str, Callable[[Session], Iterator[Line]]] = {
    "journal": journal,
    "positions": positions,
    "movements": movements,
    "refusals": refusals,
}


def _entry(stored: StoredEntry, terminal: str) -> Line:
    entry = decode(stored.raw, Entry)
    said = read(entry)
    passage = said if isinstance(said, Passage) else None
    placed = said if isinstance(said, Passage | Attempt) else None
    return {
        "terminal": terminal,
        "journal_id": stored.journal_id.hex(),
        "sequence": stored.sequence,
        "kind": entry.kind,
        "wall_time": entry.wall_time.isoformat(),
        "received_at": stored.received_at.isoformat(),
        "status": stored.status if stored.canonical else EntryStatus.FORK.value,
        "decision": None if passage is None else passage.decision.value,
        "rule": None if passage is None else passage.rule,
        "person": None if passage is None else passage.person,
        "checkpoint": None if placed is None else placed.checkpoint,
        "readable": not isinstance(said, Trouble),
    }
