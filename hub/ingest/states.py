"""Taking in what a terminal says of itself, and noticing what it no longer has."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.ingest import telling
from hub.ingest.chain import Conflict
from hub.ingest.doorkeeper import VerifiedState
from hub.ingest.records import CutTail, StoredEntry
from hub.ingest.writing import note_fork
from hub.movements import feed
from hub.movements.orders.receipts import note_receipt as note_receipt_of_orders
from hub.roll.actions import note_receipt
from hub.roll.gate_plans.gates import note_holding as note_plan
from hub.terminals.actions import note_state
from hub.terminals.boots import are_two
from hub.terminals.configuration.actions import note_held
from hub.terminals.health.actions import note_report
from hub.terminals.protection.actions import note_holding
from hub.terminals.records import TerminalState
from hub.units.holding import note_unit_held
from wire.codec import decode
from wire.journal import Entry
from wire.state import JournalEnd

CROSSING = timedelta(seconds=2)
"""A state and a batch sent at the same moment may be taken by two ingesters in any order within this time."""


def take_state(session: Session, said: VerifiedState, now: datetime) -> bool:
    """Keep a state, with the receipt of its roll and its presence in the feed; False when it was an old one.

    A state that the broker had kept may be older than entries that came since, so its journal end proves nothing.
    """
    keys, state = said.keys, said.state
    held = session.get(TerminalState, keys.terminal_id)
    was_online = held is not None and held.online
    if not note_state(session, keys.terminal_id, state, said.received_at):
        return False
    note_report(session, keys.terminal_id, state, said.received_at)
    if state.online:
        note_held(session, keys.terminal_id, state, now)
        note_holding(session, keys.terminal_id, state, now)
        note_plan(session, keys.terminal_id, state, now)
        note_unit_held(session, keys.terminal_id, state.unit_version, now)
        note_receipt_of_orders(session, keys.terminal_id, state.orders_version, now)
    lines: list[feed.Line] = []
    if state.online != was_online:
        lines.append(telling.presence(keys.name, state.online, now))
    if state.online:
        lines += note_receipt(session, keys.terminal_id, keys.name, state.roll_version, now)
        if not said.retained and are_two(session, keys.terminal_id, state.boot_id, state.session, now):
            lines.append(telling.two_devices(keys.name, now))
    if state.journal is not None and not said.retained:
        lines += _check_end(session, said, state.journal, now)
    feed.append(session, lines)
    return True


def _check_end(session: Session, said: VerifiedState, end: JournalEnd, now: datetime) -> list[feed.Line]:
    terminal_id = said.keys.terminal_id
    if _is_cut(session, said, end):
        held = _highest(session, terminal_id, end.journal_id)
        if _is_news(session, terminal_id, end, held, now):
            return [telling.cut_tail(said.keys.name, end.journal_id, end.last, held, now)]
    elif end.last > 0:
        return _check_link(session, said, end, now)
    return []


def _is_cut(session: Session, said: VerifiedState, end: JournalEnd) -> bool:
    """True when the hub held the entry after the end before the terminal, by either clock, said its state."""
    next_entry = session.execute(
        select(StoredEntry.raw, StoredEntry.received_at).where(
            StoredEntry.terminal_id == said.keys.terminal_id,
            StoredEntry.journal_id == end.journal_id,
            StoredEntry.sequence == end.last + 1,
            StoredEntry.canonical,
        )
    ).one_or_none()
    if next_entry is None or next_entry.received_at + CROSSING >= said.received_at:
        return False
    written_at = decode(next_entry.raw, Entry).wall_time
    return said.state.said_at > written_at


def _highest(session: Session, terminal_id: int, journal_id: bytes) -> int:
    highest = select(func.max(StoredEntry.sequence)).where(
        StoredEntry.terminal_id == terminal_id, StoredEntry.journal_id == journal_id, StoredEntry.canonical
    )
    return session.scalar(highest) or 0


def _is_news(session: Session, terminal_id: int, end: JournalEnd, held: int, now: datetime) -> bool:
    known = select(CutTail.id).where(
        CutTail.terminal_id == terminal_id,
        CutTail.journal_id == end.journal_id,
        CutTail.last == end.last,
        CutTail.held == held,
    )
    if session.execute(known).first() is not None:
        return False
    session.add(
        CutTail(terminal_id=terminal_id, journal_id=end.journal_id, last=end.last, held=held, noticed_at=now)
    )
    session.flush()
    return True


def _check_link(session: Session, said: VerifiedState, end: JournalEnd, now: datetime) -> list[feed.Line]:
    links = session.scalars(
        select(StoredEntry.link).where(
            StoredEntry.terminal_id == said.keys.terminal_id,
            StoredEntry.journal_id == end.journal_id,
            StoredEntry.sequence == end.last,
        )
    ).all()
    if not links or end.last_link in links:
        return []
    conflict = Conflict(end.last, end.last_link, links[0])
    if not note_fork(session, said.keys.terminal_id, end.journal_id, conflict, now):
        return []
    return [telling.other_link(said.keys.name, end.journal_id, end.last, now)]
