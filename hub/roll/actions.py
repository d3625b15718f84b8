"""Who is to hold what of the roll, and noting what terminals hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hub.custody.records import PersonChange
from hub.movements.feed import Line
from hub.movements.records import Checkpoint, FeedKind, Zone
from hub.roll.records import RollReceipt
from hub.roll.rosters import OfficerBook
from hub.roll.scope import Scope
from hub.terminals.epochs import HubEpoch, current_epoch
from hub.terminals.protection.actions import NONE
from hub.terminals.protection.records import TerminalHolding
from hub.terminals.records import Status, Terminal, TerminalState
from wire.versions import NOTHING, Version


@dataclass(frozen=True)
class Listener:
    """A terminal that may be told something now, and what it says it holds since it connected as `session`.

    `held_scope` is the scope of that in words, `scope` the one that it shall hold.
    """

    terminal_id: int
    session: int
    name: str
    sealing_key: bytes
    held: Version
    held_scope: str
    scope: Scope


def current_version(session: Session) -> Version:
    """Version of the roll as it stands in this transaction."""
    return Version(current_epoch(session), session.scalar(select(func.max(PersonChange.id))) or 0)


def raise_epoch(session: Session, at: datetime) -> int:
    """Begin the next epoch: what the hub says from now on is newer than anything it said before."""
    epoch = 1 + (session.scalar(select(func.max(HubEpoch.epoch))) or 0)
    session.add(HubEpoch(epoch=epoch, since_at=at))
    session.flush()
    return epoch


def listeners(session: Session, book: OfficerBook, now: datetime) -> list[Listener]:
    """Terminals that are online and may speak; `book` gives the officers that each shall know."""
    rows = session.execute(
        select(Terminal, TerminalState, TerminalHolding)
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(TerminalHolding, TerminalHolding.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE, TerminalState.online)
        .order_by(Terminal.name)
    ).all()
    scopes = _Scopes(session, book, now)
    return [
        Listener(
            terminal.id,
            state.session,
            terminal.name,
            terminal.sealing_key,
            Version(state.roll_epoch, state.roll_counter),
            "" if holding is None else holding.roll_scope,
            scopes.of(terminal.checkpoint_code, holding),
        )
        for terminal, state, holding in rows
    ]


def scope_of(session: Session, terminal: Terminal, now: datetime | None = None) -> Scope:
    """What of the roll a terminal shall hold, by what it last said of itself. Officers are without templates here."""
    return _Scopes(session, OfficerBook(), now).of(
        terminal.checkpoint_code, session.get(TerminalHolding, terminal.id)
    )


def zones_at(session: Session, checkpoint: str) -> frozenset[str]:
    """Codes of the two zones on either side of a checkpoint; empty when there is no such checkpoint."""
    return _zones(session).get(checkpoint, frozenset())


class _Scopes:
    """Scopes of many terminals in one look at the database."""

    def __init__(self, session: Session, book: OfficerBook, now: datetime | None) -> None:
        self._zones = _zones(session)
        self._session = session
        self._book = book
        book.look(session, now)

    def of(self, checkpoint: str, holding: TerminalHolding | None) -> Scope:
        """A terminal that said nothing of itself counts as unprotected and without a page for officers."""
        protected = holding is not None and holding.protection != NONE
        zones = None if protected else self._zones.get(checkpoint, frozenset())
        if holding is not None and holding.officers_page:
            return Scope(zones, page=True, roster=self._book.of_page(self._session))
        return Scope(zones, page=False, roster=self._book.of_gate(None if protected else checkpoint))


def _zones(session: Session) -> dict[str, frozenset[str]]:
    """Codes of the zones on either side of each checkpoint."""
    from_zone, to_zone = aliased(Zone), aliased(Zone)
    rows = session.execute(
        select(Checkpoint.code, from_zone.code, to_zone.code)
        .join(from_zone, from_zone.id == Checkpoint.from_zone_id)
        .join(to_zone, to_zone.id == Checkpoint.to_zone_id)
    )
    return {row[0]: frozenset((row[1], row[2])) for row in rows}


def note_receipt(session: Session, terminal_id: int, name: str, held: Version, at: datetime) -> list[Line]:
    """Keep the receipt of a version reported for the first time; gives its feed line."""
    last = session.execute(
        select(RollReceipt.epoch, RollReceipt.counter)
        .where(RollReceipt.terminal_id == terminal_id)
        .order_by(RollReceipt.id.desc())
        .limit(1)
    ).one_or_none()
    if held == NOTHING or (last is not None and Version(last.epoch, last.counter) == held):
        return []
    session.add(RollReceipt(terminal_id=terminal_id, epoch=held.epoch, counter=held.counter, received_at=at))
    session.flush()
    told = {"what": "received", "terminal": name, "version": str(held), "at": at.isoformat()}
    return [Line(at, FeedKind.ROLL, told)]
