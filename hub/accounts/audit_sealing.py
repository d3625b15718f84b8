"""Chaining the trail: lines that were written are linked in batches, and each batch is signed.

Lines are written plainly in the transaction of what they tell of, so no two of those wait for each other. Sealing
comes a moment later, in a process that holds the hub's signing key; the pages do not.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit_chain import START, link_of, seal_covers
from hub.accounts.audit_head import Head, keep_head
from hub.accounts.audit_records import AuditLink, AuditSeal
from hub.accounts.chaining import Chain
from hub.accounts.records import AuditEntry
from hub.database import Sessions, session_scope
from hub.pace import is_over
from wire.keys import SigningKey

EVERY: Final = timedelta(seconds=2)
"""How long a line waits at most for its seal while the hub works: what can be changed unnoticed is younger."""
BATCH: Final = 2_000
TRAIL: Final = Chain(AuditEntry, AuditLink, "entry_id", START, link_of, look_back=5_000)


def seal_batch(session: Session, key: SigningKey, at: datetime) -> AuditSeal | None:
    """Link and sign the next lines; None when there are none. IntegrityError when another sealer was faster."""
    lines = TRAIL.waiting(session, BATCH)
    if not lines:
        return None
    position, link = TRAIL.extend(session, lines)
    seal = AuditSeal(
        position=position, link=link, sealed_at=at, signature=key.sign(seal_covers(position, link, at))
    )
    session.add(seal)
    session.flush()
    return seal


def seal_all(sessions: Sessions, key: SigningKey, head: Path, at: datetime) -> int:
    """Seal every line that waits, note where the chain ends at `head`, and give how many lines that were."""
    sealed = 0
    while True:
        with session_scope(sessions, writes=False) as session:
            waiting = len(TRAIL.waiting(session, 1))
        if waiting == 0:
            return sealed
        with session_scope(sessions) as session:
            seal = seal_batch(session, key, at)
            before = 0 if seal is None else _position_before(session, seal)
        if seal is None:
            return sealed
        sealed += seal.position - before
        keep_head(head, Head.of(seal))


class Sealer:
    """Seals by and by; `tick` looks whether it is time. Two at once do no harm: one of them is faster."""

    def __init__(self, sessions: Sessions, key: SigningKey, head: Path) -> None:
        self._sessions = sessions
        self._key = key
        self._head = head
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """How many lines were sealed; 0 when it was not yet time."""
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        with contextlib.suppress(IntegrityError):  # the other sealer has them
            return seal_all(self._sessions, self._key, self._head, now)
        return 0


def _position_before(session: Session, seal: AuditSeal) -> int:
    return session.scalar(select(func.max(AuditSeal.position)).where(AuditSeal.position < seal.position)) or 0
