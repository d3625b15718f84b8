"""Which picture each officers' page holds, as it says itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.movements.records import Checkpoint, Zone
from hub.terminals.protection.records import TerminalHolding
from hub.terminals.records import Status, Terminal, TerminalState
from hub.units.records import UnitHolding
from wire.versions import Version


@dataclass(frozen=True)
class Listener:
    """A terminal with an officers' page that is there now. `zones` are the ids on either side of its checkpoint."""

    terminal_id: int
    name: str
    session: int
    sealing_key: bytes
    held: Version | None
    zones: tuple[int, ...]


@dataclass(frozen=True)
class Copy:
    """What one officers' page says that it holds; `heard_at` None when it never said so."""

    terminal: str
    online: bool
    since_at: datetime | None
    heard_at: datetime | None
    zones: tuple[int, ...]


def note_unit_held(session: Session, terminal_id: int, held: Version | None, now: datetime) -> None:
    """Keeps the receipt that a living terminal's state is."""
    row = session.get(UnitHolding, terminal_id)
    if held is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = UnitHolding(terminal_id=terminal_id, epoch=-1, counter=-1, since_at=now, heard_at=now)
        session.add(row)
    if (row.epoch, row.counter) != (held.epoch, held.counter):
        row.epoch, row.counter, row.since_at = held.epoch, held.counter, now
    row.heard_at = now


def listeners(session: Session) -> list[Listener]:
    """Terminals that may be told of their units now: active, online, with an officers' page."""
    one, other = aliased(Zone), aliased(Zone)
    rows = session.execute(
        select(
            Terminal.id,
            Terminal.name,
            TerminalState.session,
            Terminal.sealing_key,
            UnitHolding.epoch,
            UnitHolding.counter,
            one.id,
            other.id,
        )
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .join(TerminalHolding, TerminalHolding.terminal_id == Terminal.id)
        .outerjoin(UnitHolding, UnitHolding.terminal_id == Terminal.id)
        .outerjoin(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .outerjoin(one, one.id == Checkpoint.to_zone_id)
        .outerjoin(other, other.id == Checkpoint.from_zone_id)
        .where(Terminal.status == Status.ACTIVE, TerminalState.online, TerminalHolding.officers_page)
        .order_by(Terminal.name)
    )
    return [
        Listener(
            terminal_id,
            name,
            number,
            key,
            None if epoch is None else Version(epoch, counter),
            tuple(zone for zone in zones if zone is not None),
        )
        for terminal_id, name, number, key, epoch, counter, *zones in rows
    ]


def copies(session: Session) -> list[Copy]:
    """Every active terminal with an officers' page, by name, whether it is there or not."""
    one, other = aliased(Zone), aliased(Zone)
    rows = session.execute(
        select(
            Terminal.name, TerminalState.online, UnitHolding.since_at, UnitHolding.heard_at, one.id, other.id
        )
        .join(TerminalHolding, TerminalHolding.terminal_id == Terminal.id)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(UnitHolding, UnitHolding.terminal_id == Terminal.id)
        .outerjoin(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .outerjoin(one, one.id == Checkpoint.to_zone_id)
        .outerjoin(other, other.id == Checkpoint.from_zone_id)
        .where(Terminal.status == Status.ACTIVE, TerminalHolding.officers_page)
        .order_by(Terminal.name)
    )
    return [
        Copy(name, bool(online), since_at, heard_at, tuple(zone for zone in zones if zone is not None))
        for name, online, since_at, heard_at, *zones in rows
    ]
