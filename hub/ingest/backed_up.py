"""Telling terminals how far a backup holds their journals, and where a restored hub wants to hear on from.

A terminal that has nothing new to say hears no acknowledgement. So each is told where its journals stand when it
comes online and after each backup: it may prune what is backed up, and after a restore it sends again what the hub
has lost, by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.ingest.acks import ack_of, sign_ack
from hub.ingest.records import Journal
from hub.keeping.backup.records import Backup
from hub.terminals.records import Status, Terminal, TerminalState
from wire.journal import Ack
from wire.keys import SigningKey
from wire.topics import Channel, topic

_JOURNALS: Final = 8
"""Of a terminal whose card was changed often, the last ones are told of."""


class BackedUpDesk:
    """Acknowledges journals when there is news of them; `tick` gives how many acknowledgements went out."""

    def __init__(self, sessions: Sessions, key: SigningKey, send: Callable[[str, bytes], object]) -> None:
        self._sessions = sessions
        self._key = key
        self._send = send
        self._backup = 0
        self._told: dict[int, int] = {}

    def tick(self, now: datetime) -> int:
        with session_scope(self._sessions, writes=False) as session:
            newest = session.scalar(select(Backup.id).order_by(Backup.id.desc()).limit(1)) or 0
            online = _online(session)
        if newest > self._backup:
            with session_scope(self._sessions) as session:
                note_backups(session, after=self._backup)
            self._backup, self._told = newest, {}
        waiting = {
            terminal: name
            for terminal, (name, number) in online.items()
            if self._told.get(terminal) != number
        }
        if not waiting:
            return 0
        with session_scope(self._sessions, writes=False) as session:
            acks = [
                (name, ack) for terminal, name in waiting.items() for ack in _acks(session, terminal, now)
            ]
        for name, ack in acks:
            self._send(topic(name, Channel.ACK), sign_ack(ack, name, self._key))
        self._told |= {terminal: online[terminal][1] for terminal in waiting}
        return len(acks)


def note_backups(session: Session, *, after: int) -> None:
    """Raise how far journals are backed up by the newest backup later than number `after`; never past committed."""
    newest = session.scalar(select(Backup).where(Backup.id > after).order_by(Backup.id.desc()).limit(1))
    if newest is None:
        return
    for terminal_id, journal, sequence in newest.journals:
        session.execute(
            update(Journal)
            .where(
                Journal.terminal_id == terminal_id,
                Journal.journal_id == bytes.fromhex(journal),
                Journal.backed_up < sequence,
                Journal.committed >= sequence,
            )
            .values(backed_up=sequence)
        )


def _online(session: Session) -> dict[int, tuple[str, int]]:
    """Name and session of every terminal that may be told something now."""
    rows = session.execute(
        select(Terminal.id, Terminal.name, TerminalState.session)
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE, TerminalState.online)
    )
    return {terminal: (name, number) for terminal, name, number in rows}


def _acks(session: Session, terminal_id: int, now: datetime) -> Sequence[Ack]:
    journals = session.scalars(
        select(Journal).where(Journal.terminal_id == terminal_id).order_by(Journal.id.desc()).limit(_JOURNALS)
    ).all()
    return [ack_of(session, journal, now) for journal in reversed(journals)]
