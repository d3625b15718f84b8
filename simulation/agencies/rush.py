"""A busy day for agencies: legal statuses that change back and forth, so that something is always on its way."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from hub import settings
from hub.accounts.audit import Actor
from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import Statement, state
from hub.custody.legal import LEGAL_STATUS, LegalStatus, Status
from hub.custody.records import Person
from hub.database import make_engine, make_sessions, session_scope
from hub.sharing.outbox.records import Delivery, State

_AT_ONCE: Final = 5
_PAUSE_S: Final = (0.2, 1.0)
_TURNS: Final = (LegalStatus.REMAND, LegalStatus.SENTENCED)


class Rush:
    """Works on a thread of its own until it is stopped; `facts` is how many it has stated."""

    def __init__(self, hub: Path, people: Sequence[str], seed: int) -> None:
        self._engine = make_engine(settings.load(hub).database)
        self._sessions = make_sessions(self._engine)
        self._people, self._rng = list(people), random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="rush", daemon=True)
        self.facts = 0
        self.failure: Exception | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._engine.dispose()

    def on_its_way(self) -> bool:
        """Whether any agency has not acknowledged something yet."""
        waiting = select(func.count(Delivery.id)).where(Delivery.state == State.WAITING.value)
        with session_scope(self._sessions, writes=False) as session:
            return bool(session.scalar(waiting))

    def _work(self) -> None:
        try:
            while not self._stopping.wait(self._rng.uniform(*_PAUSE_S)):
                self._change(_TURNS[self._rng.randrange(len(_TURNS))])
        except Exception as error:  # noqa: BLE001 - carried to whoever reports
            self.failure = error

    def _change(self, to: LegalStatus) -> None:
        """Several people at once, some of them again and again: what is told of one has to stay in order."""
        chosen = self._rng.sample(self._people, min(_AT_ONCE, len(self._people)))
        with session_scope(self._sessions) as session:
            for person in session.scalars(select(Person).where(Person.number.in_(chosen))).all():
                stay, at = open_booking_of(session, person.id), datetime.now(UTC)
                if stay is not None:
                    said = Statement(LEGAL_STATUS, Status(to), at, "A busy day", booking_id=stay.id)
                    state(session, person.id, said, actor=Actor("rush", "demo"), at=at)
                    self.facts += 1
