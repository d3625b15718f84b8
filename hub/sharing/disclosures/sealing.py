"""Chaining the log a moment after its rows are written, so that doors do not wait for each other.

Each run that linked anything writes into the audit trail where the chain ends now. The trail is signed and its own end
is noted outside the database, so whoever rewrites the log or cuts its end off would have to rewrite the trail as well.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.chaining import Chain
from hub.database import Sessions, session_scope
from hub.pace import is_over
from hub.sharing.disclosures.chain import START, link_of
from hub.sharing.disclosures.records import Disclosure, DisclosureLink

EVERY: Final = timedelta(seconds=10)
"""How long a row waits at most for its link while the hub works: what can be changed unnoticed is younger."""
BATCH: Final = 5_000
SEAL: Final = "disclosures.seal"
JOB: Final = Actor("sharing", "hub")
LOG: Final = Chain(Disclosure, DisclosureLink, "disclosure_id", START, link_of, look_back=20_000)


def seal_batch(session: Session, at: datetime) -> int:
    """Link the next rows and note in the trail where the chain ends; how many they were.

    IntegrityError when another sealer was faster.
    """
    rows = LOG.waiting(session, BATCH)
    if not rows:
        return 0
    position, link = LOG.extend(session, rows)
    write_down(session, at=at, actor=JOB, act=SEAL, detail=f"{position} {link.hex()}")
    return len(rows)


def seal_all(sessions: Sessions, at: datetime) -> int:
    """Link every row that waits; how many they were."""
    sealed = 0
    while True:
        with session_scope(sessions, writes=False) as session:
            if not LOG.waiting(session, 1):
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
