"""Which terminals have thrown a released person's templates away, counted by their receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.reception.releasing.records import ReleaseRecord
from hub.roll.records import RollReceipt
from hub.terminals.records import Status, Terminal, TerminalState
from wire.versions import Version


@dataclass(frozen=True)
class Receipt:
    """A terminal: when it confirmed a roll without the person, None while it has not; `online` now."""

    terminal: str
    confirmed_at: datetime | None
    online: bool
    cut_off: bool


@dataclass(frozen=True)
class Deletion:
    """How the deletion stands, terminal by terminal: those that are waited for first."""

    receipts: tuple[Receipt, ...]

    @property
    def confirmed(self) -> int:
        return sum(one.confirmed_at is not None for one in self.receipts)

    @property
    def waiting(self) -> int:
        """Terminals that can still say so; one that was cut off never will, and is dealt with as stolen."""
        return sum(one.confirmed_at is None and not one.cut_off for one in self.receipts)


def deletion_of(session: Session, record: ReleaseRecord, known_at: datetime | None = None) -> Deletion:
    """By the roll's receipts: the first one of each terminal of a version without the person; as known then."""
    rows = session.execute(
        select(Terminal, TerminalState.online, TerminalState.roll_epoch, TerminalState.roll_counter)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .where(Terminal.granted_at <= record.signed_at)
        .order_by(Terminal.name)
    ).all()
    confirmed_by = (
        select(RollReceipt.terminal_id, func.min(RollReceipt.received_at))
        .where(
            (RollReceipt.epoch > record.epoch)
            | ((RollReceipt.epoch == record.epoch) & (RollReceipt.counter >= record.counter)),
            RollReceipt.received_at >= record.signed_at,
        )
        .group_by(RollReceipt.terminal_id)
    )
    first = {
        row[0]: row[1] for row in session.execute(confirmed_by) if known_at is None or row[1] <= known_at
    }
    without = Version(record.epoch, record.counter)
    found = []
    for terminal, online, epoch, counter in rows:
        confirmed = first.get(terminal.id)
        if (
            known_at is None
            and confirmed is None
            and epoch is not None
            and Version(epoch, counter) >= without
        ):
            confirmed = record.signed_at  # it holds a later roll now; the receipt itself went with a restore
        cut = terminal.status != Status.ACTIVE
        if known_at is not None:
            cut = terminal.cut_off_at is not None and terminal.cut_off_at <= known_at
        found.append(Receipt(terminal.name, confirmed, bool(online) and known_at is None, cut))
    return Deletion(tuple(sorted(found, key=lambda one: (one.confirmed_at is not None, one.terminal))))
