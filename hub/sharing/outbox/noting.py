"""Writing down what came of tries: the state of each delivery, and a line of evidence for each."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hub.rows import execute_rows, insert_rows
from hub.sharing.disclosures.writing import write_receipts
from hub.sharing.outbox.answers import OF_THE_AGENCY, Outcome
from hub.sharing.outbox.records import Delivery, DeliveryAttempt, State
from hub.sharing.outbox.retrying import OF_EVENT, pause

_ENDS: Final = {
    Outcome.RECEIVED: State.SENT,
    Outcome.IN_FILE: State.SENT,
    Outcome.FETCHED: State.SENT,
    Outcome.STOPPED: State.STOPPED,
    Outcome.GIVEN_UP: State.DEAD,
}


@dataclass(frozen=True)
class Settled:
    """What came of one try of a delivery that had been tried `tries` times before.

    `alone` is False for one of several in a request: whether it was this one's fault shows when it goes alone.
    """

    delivery_id: int
    tries: int
    outcome: Outcome
    status: int | None
    took_ms: int
    disclosure_id: int | None
    alone: bool = True


_CHANGE: Final = (
    update(Delivery)
    .where(
        Delivery.id == bindparam("b_id"),
        Delivery.tries == bindparam("b_tries"),
        Delivery.state == bindparam("b_was"),
    )
    .values(
        state=bindparam("b_state"),
        tries=bindparam("b_next"),
        next_at=bindparam("b_next_at"),
        done_at=bindparam("b_done_at"),
        outcome=bindparam("b_outcome"),
        disclosure_id=bindparam("b_disclosure"),
    )
)


def note(
    session: Session,
    settled: Sequence[Settled],
    at: datetime,
    chance: Callable[[], float] = random.random,
) -> None:
    """Write it down. A delivery that somebody else changed meanwhile keeps what they wrote; the try stays on record."""
    if not settled:
        return
    insert_rows(
        session,
        DeliveryAttempt,
        [
            {
                "delivery_id": one.delivery_id,
                "number": one.tries + 1,
                "at": at,
                "outcome": one.outcome.value,
                "status": one.status,
                "took_ms": one.took_ms,
                "by": "",
            }
            for one in settled
        ],
    )
    execute_rows(session, _CHANGE, [_changed(one, at, chance) for one in settled])
    arrived = [
        one.disclosure_id
        for one in settled
        if one.outcome is Outcome.RECEIVED and one.disclosure_id is not None
    ]
    write_receipts(session, arrived, "delivered", at=at)


def _changed(one: Settled, at: datetime, chance: Callable[[], float]) -> dict[str, Any]:
    state = _ENDS.get(one.outcome, State.WAITING)
    # The whole agency waits by its own clock; then this one is as due as before.
    own_pause = state is State.WAITING and one.outcome not in OF_THE_AGENCY and one.alone
    return {
        "b_id": one.delivery_id,
        "b_tries": one.tries,
        "b_was": State.WAITING.value,
        "b_state": state.value,
        "b_next": one.tries + 1,
        "b_next_at": at + pause(one.tries + 1, OF_EVENT, chance) if own_pause else at,
        "b_done_at": None if state is State.WAITING else at,
        "b_outcome": one.outcome.value,
        "b_disclosure": one.disclosure_id,
    }


def attempts_of(session: Session, delivery_ids: Sequence[int]) -> dict[int, list[DeliveryAttempt]]:
    """Every try of each of these deliveries, oldest first."""
    found: dict[int, list[DeliveryAttempt]] = defaultdict(list)
    wanted = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(delivery_ids))
    for row in session.scalars(wanted.order_by(DeliveryAttempt.id)):
        found[row.delivery_id].append(row)
    return found
