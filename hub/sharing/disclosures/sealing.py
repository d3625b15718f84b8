"""Chaining the log a moment after its rows are written, so that doors do not wait for each other.

Each run that linked anything writes into the audit trail where the chain ends now. The trail is signed and its own end
is noted outside the database, so whoever rewrites the log or cuts its end off would have to rewrite the trail as well.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.database import Sessions, session_scope
from hub.pace import is_over
from hub.rows import insert_rows
from hub.sharing.disclosures.chain import START, link_of
from hub.sharing.disclosures.records import Disclosure, DisclosureLink

EVERY: Final = timedelta(seconds=10)
"""How long a row waits at most for its link while the hub works: what can be changed unnoticed is younger."""
BATCH: Final = 5_000
SEAL: Final = "disclosures.seal"
JOB: Final = Actor("sharing", "hub")
_LOOK_BACK: Final = 20_000
"""A row may become visible after others with higher ids (PostgreSQL); never behind so many."""


def seal_batch(session: Session, at: datetime) -> int:
    """Link the next rows and note in the trail where the chain ends; how many they were.

    IntegrityError when another sealer was faster.
    """
    rows = waiting(session, BATCH)
    if not rows:
        return 0
    position, link = last_link(session)
    links = []
    for row in rows:
        position += 1
        link = link_of(link, position, row)
        links.append({"position": position, "disclosure_id": row.id, "link": link})
    insert_rows(session, DisclosureLink, links)
    write_down(session, at=at, actor=JOB, act=SEAL, detail=f"{position} {link.hex()}")
    return len(rows)


def seal_all(sessions: Sessions, at: datetime) -> int:
    """Link every row that waits; how many they were."""
    sealed = 0
    while True:
        with session_scope(sessions, writes=False) as session:
            if not waiting(session, 1):
                return sealed
        with session_scope(sessions) as session:
            linked = seal_batch(session, at)
        if linked == 0:
            return sealed
        sealed += linked


class DisclosureSealer:
    """Links by and by; `tick` looks whether it is time. Two at once do no harm: one of them is faster."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """How many rows were linked; 0 when it was not yet time."""
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        with contextlib.suppress(IntegrityError):  # the other sealer has them
            return seal_all(self._sessions, now)
        return 0


def last_link(session: Session) -> tuple[int, bytes]:
    """Where the chain ends: place and link, (0, START) before the first row."""
    last = session.scalar(select(DisclosureLink).order_by(DisclosureLink.position.desc()).limit(1))
    return (0, START) if last is None else (last.position, last.link)


def waiting(session: Session, most: int) -> Sequence[Any]:
    """Rows without a link, oldest first."""
    newest = session.scalar(select(func.max(DisclosureLink.disclosure_id))) or 0
    wanted = (
        select(*Disclosure.__table__.columns)
        .outerjoin(DisclosureLink, DisclosureLink.disclosure_id == Disclosure.id)
        .where(DisclosureLink.disclosure_id.is_(None), Disclosure.id > newest - _LOOK_BACK)
        .order_by(Disclosure.id)
        .limit(most)
    )
    return session.execute(wanted).all()
