"""Sending what waits for one agency: in order for each person, guarded against a second worker, the gate asked anew.

An agency has one sender at a time (a lease in the database), so that its events keep their order. Within it an event
that the receiver does not take holds back later ones of the same person, and nobody else's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.database import Sessions, session_scope
from hub.sharing.outbox.answers import OF_THE_AGENCY, Answer, Outcome
from hub.sharing.outbox.asking import Asked, ask
from hub.sharing.outbox.calling import Line, Target
from hub.sharing.outbox.channels import target_of
from hub.sharing.outbox.events import body_of, cloud_event
from hub.sharing.outbox.lease import anything_due, claim, failures_of, release
from hub.sharing.outbox.noting import Settled, note
from hub.sharing.outbox.records import Delivery, SharingEvent, State
from hub.sharing.outbox.retrying import GIVE_UP
from hub.sharing.outbox.signing import Signer

AT_ONCE: Final = 400
IN_A_BATCH: Final = 100
ROUND_S: Final = 60.0
"""No request is begun later in a round: with its own 30 s it ends well before the lease."""
_WRONG_IN_A_ROW: Final = 5

Clock = Callable[[], datetime]


@dataclass
class Sender:
    """Sends to one agency. `api` is the address of the agencies' interface; `token` names this process."""

    sessions: Sessions
    agency: str
    signer: Callable[[], Signer]
    api: str
    token: str
    clock: Clock
    chance: Callable[[], float] = random.random
    deadline_s: float = 30.0
    _line: Line | None = field(default=None, init=False)

    def round(self) -> bool:
        """Send what is due; whether more may be. Does nothing while another process sends to this agency."""
        begun = monotonic()
        with session_scope(self.sessions, writes=False) as session:
            if not anything_due(session, self.agency, self.clock()):
                return False
        with session_scope(self.sessions) as session:
            target = self._claim(session)
            if target is None:
                return False
            asked = self._due(session)
            allowed = self._ask(session, asked)
        if not allowed:
            return bool(asked)
        settled, last = self._send(target, allowed, begun)
        with session_scope(self.sessions) as session:
            note(session, settled, self.clock(), self.chance)
            self._release(session, last)
        return last is None or last.outcome not in OF_THE_AGENCY

    def close(self) -> None:
        """Give back the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _claim(self, session: Session) -> Target | None:
        now = self.clock()
        if not claim(session, self.agency, self.token, now):
            return None
        give_up(session, self.agency, now)
        target = target_of(session, self.agency)
        if target is None:
            self._release(session, None)
        return target

    def _due(self, session: Session) -> Sequence[Any]:
        failing = failures_of(session, self.agency)
        # Whoever did not answer last time is asked with one request: it costs little, and tells as much.
        return due(session, self.agency, self.clock(), 1 if failing else AT_ONCE)

    def _ask(self, session: Session, rows: Sequence[Any]) -> list[_Ready]:
        now = self.clock()
        answers = ask(session, self.agency, rows, now)
        ready, stopped = [], []
        for row, answer in zip(rows, answers, strict=True):
            if isinstance(answer, Asked):
                event = cloud_event(answer, api=self.api, sequence=row.sequence)
                ready.append(_Ready(row, event, answer.disclosure_id))
            else:
                stopped.append(Settled(row.id, row.tries, Outcome.STOPPED, None, 0, None))
        note(session, stopped, now, self.chance)
        if not ready:
            self._release(session, None)
        return ready

    def _send(
        self, target: Target, ready: Sequence[_Ready], begun: float
    ) -> tuple[list[Settled], Answer | None]:
        if self._line is None or self._line.target != target:
            self.close()
            self._line = Line(target, deadline_s=self.deadline_s)
        settled: list[Settled] = []
        held_back: set[int] = set()
        wrong, answer = 0, None
        for chunk in _chunks(ready, batch=target.batch):
            going = [one for one in chunk if one.row.person_id not in held_back]
            if not going:
                continue
            if monotonic() - begun > ROUND_S or wrong >= _WRONG_IN_A_ROW:
                break
            answer, took_ms = self._try(target, going)
            if answer.outcome in OF_THE_AGENCY:
                # Nobody's fault but the receiver's: noted with the first of them, and all wait.
                settled.append(_settled(going[0], answer, answer.outcome, took_ms))
                break
            for one, outcome in _each(going, answer):
                settled.append(_settled(one, answer, outcome, took_ms, alone=len(going) == 1))
                if outcome is not Outcome.RECEIVED and one.row.person_id is not None:
                    held_back.add(one.row.person_id)
            wrong = 0 if answer.received else wrong + 1
        return settled, answer

    def _try(self, target: Target, going: Sequence[_Ready]) -> tuple[Answer, int]:
        assert self._line is not None
        body, media_type = body_of([one.event for one in going], batch=target.batch)
        request = self.signer().sign(target.url, body, media_type, self.clock())
        begun = monotonic()
        answer = self._line.send(request, [one.event["id"] for one in going])
        return answer, int((monotonic() - begun) * 1000)

    def _release(self, session: Session, last: Answer | None) -> None:
        release(session, self.agency, self.token, self.clock(), last, self.chance)


@dataclass(frozen=True)
class _Ready:
    """A delivery that the gate let through, as its receiver will read it."""

    row: Any
    event: Mapping[str, Any]
    disclosure_id: int


def due(session: Session, agency: str, now: datetime, most: int) -> Sequence[Any]:
    """Deliveries whose time has come, in their order; none behind one of the same person that has to wait."""
    earlier = aliased(Delivery)
    blocked = (
        select(earlier.id)
        .where(
            earlier.agency == agency,
            earlier.person_id == Delivery.person_id,
            earlier.state == State.WAITING.value,
            earlier.sequence < Delivery.sequence,
            earlier.next_at > now,
        )
        .exists()
    )
    wanted = (
        select(
            Delivery.id,
            Delivery.tries,
            Delivery.sequence,
            Delivery.person_id,
            Delivery.exchange,
            Delivery.purpose,
            Delivery.disclosure_id,
            Delivery.since_at,
            Delivery.replays,
            SharingEvent.fact_id,
            SharingEvent.uid,
            SharingEvent.type,
            SharingEvent.version,
            SharingEvent.occurred_at,
            SharingEvent.booking_id,
            SharingEvent.reference,
            SharingEvent.data,
        )
        .join(SharingEvent, SharingEvent.id == Delivery.event_id)
        .where(
            Delivery.agency == agency,
            Delivery.state == State.WAITING.value,
            Delivery.next_at <= now,
            ~blocked,
        )
        .order_by(Delivery.sequence)
        .limit(most)
    )
    return session.execute(wanted).all()


def give_up(session: Session, agency: str, now: datetime, turn: timedelta = timedelta()) -> int:
    """What was tried for as long as anything is, `turn` not counted, is a dead letter from now on; how many."""
    old = select(Delivery.id, Delivery.tries).where(
        Delivery.agency == agency,
        Delivery.state == State.WAITING.value,
        Delivery.since_at <= now - GIVE_UP - turn,
    )
    rows = session.execute(old.limit(AT_ONCE)).all()
    note(session, [Settled(row.id, row.tries, Outcome.GIVEN_UP, None, 0, None) for row in rows], now)
    return len(rows)


def _chunks(ready: Sequence[_Ready], *, batch: bool) -> list[list[_Ready]]:
    """What goes together: an event that was tried before goes alone, so that it can spoil nobody's."""
    chunks: list[list[_Ready]] = []
    fresh: list[_Ready] = []
    for one in ready:
        if not batch or one.row.tries:
            if fresh:
                chunks.append(fresh)
                fresh = []
            chunks.append([one])
            continue
        fresh.append(one)
        if len(fresh) == IN_A_BATCH:
            chunks.append(fresh)
            fresh = []
    return [*chunks, fresh] if fresh else chunks


def _each(going: Sequence[_Ready], answer: Answer) -> list[tuple[_Ready, Outcome]]:
    """What came of each: of one person nothing counts as received after something that was not."""
    missing: set[int] = set()
    found = []
    for one in going:
        person = one.row.person_id
        if one.event["id"] in answer.received and person not in missing:
            found.append((one, Outcome.RECEIVED))
            continue
        outcome = Outcome.DOUBTFUL if answer.outcome is Outcome.RECEIVED else answer.outcome
        found.append((one, outcome))
        if person is not None:
            missing.add(person)
    return found


def _settled(one: _Ready, answer: Answer, outcome: Outcome, took_ms: int, *, alone: bool = True) -> Settled:
    return Settled(one.row.id, one.row.tries, outcome, answer.status, took_ms, one.disclosure_id, alone=alone)
