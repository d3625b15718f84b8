"""Chaining the trail: lines that were written are linked in batches, and each batch is signed.

Lines are written plainly in the transaction of what they tell of, so no two of those wait for each other. Sealing
comes a moment later, in a process that holds the hub's signing key; the pages do not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit_chain import START, link_of, seal_covers
from hub.accounts.audit_head import Head, keep_head
from hub.accounts.audit_records import AuditLink, AuditSeal
from hub.accounts.records import AuditEntry
from hub.database import Sessions, session_scope
from hub.pace import is_over
from hub.rows import insert_rows
from wire.keys import SigningKey

EVERY: Final = timedelta(seconds=2)
"""How long a line waits at most for its seal while the hub works: what can be changed unnoticed is younger."""
BATCH: Final = 2_000
_LOOK_BACK: Final = 5_000
"""A line may become visible after others with higher ids (PostgreSQL); never behind so many."""


def seal_batch(session: Session, key: SigningKey, at: datetime) -> AuditSeal | None:
    """Link and sign the next lines; None when there are none. IntegrityError when another sealer was faster."""
    lines = _waiting(session, BATCH)
    if not lines:
        return None
    last = session.scalar(select(AuditLink).order_by(AuditLink.position.desc()).limit(1))
    position, link = (0, START) if last is None else (last.position, last.link)
    rows = []
    for line in lines:
        position += 1
        link = link_of(link, position, line)
        rows.append({"position": position, "entry_id": line.id, "link": link})
    insert_rows(session, AuditLink, rows)
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
            waiting = len(_waiting(session, 1))
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


def _waiting(session: Session, most: int) -> Sequence[Any]:
    newest = session.scalar(select(func.max(AuditLink.entry_id))) or 0
    wanted = (
        select(*AuditEntry.__table__.columns)
        .outerjoin(AuditLink, AuditLink.entry_id == AuditEntry.id)
        .where(AuditLink.entry_id.is_(None), AuditEntry.id > newest - _LOOK_BACK)
        .order_by(AuditEntry.id)
        .limit(most)
    )
    return session.execute(wanted).all()


def _position_before(session: Session, seal: AuditSeal) -> int:
    return session.scalar(select(func.max(AuditSeal.position)).where(AuditSeal.position < seal.position)) or 0
