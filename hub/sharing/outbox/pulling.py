"""Events as an agency's program fetches them: everything it was ever to hear, in the order of its own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.records import Delivery, SharingEvent, State

_COLUMNS = (
    Delivery.id,
    Delivery.tries,
    Delivery.sequence,
    Delivery.person_id,
    Delivery.exchange,
    Delivery.purpose,
    Delivery.state,
    Delivery.disclosure_id,
    SharingEvent.uid,
    SharingEvent.type,
    SharingEvent.version,
    SharingEvent.occurred_at,
    SharingEvent.booking_id,
    SharingEvent.fact_id,
    SharingEvent.reference,
    SharingEvent.data,
)
"""What the gate is asked with, and what an event is made of."""


def page(session: Session, agency: str, after: int, most: int) -> Sequence[Any]:
    """The agency's deliveries with a sequence above `after`, lowest first. `asking.ask` decides which may be seen."""
    wanted = (
        select(*_COLUMNS)
        .join(SharingEvent, SharingEvent.id == Delivery.event_id)
        .where(Delivery.agency == agency, Delivery.sequence > after)
        .order_by(Delivery.sequence)
        .limit(most)
    )
    return session.execute(wanted).all()


def one(session: Session, agency: str, uid: str) -> Any | None:
    """The delivery of one event to this agency; None where there is none, or where it is another agency's."""
    wanted = (
        select(*_COLUMNS)
        .join(SharingEvent, SharingEvent.id == Delivery.event_id)
        .where(Delivery.agency == agency, SharingEvent.uid == uid)
    )
    return session.execute(wanted).first()


def fetched(session: Session, rows: Sequence[Any], at: datetime) -> None:
    """What lay ready among these rows was fetched: it counts as acknowledged."""
    ready = [row.id for row in rows if row.state == State.OFFERED]
    if ready:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ready), Delivery.state == State.OFFERED.value)
            .values(state=State.SENT.value, done_at=at, outcome=Outcome.FETCHED.value)
            .execution_options(synchronize_session=False)
        )


def stopped(session: Session, rows: Sequence[Any], at: datetime) -> None:
    """What lay ready among these rows is agreed no longer: it is not to be fetched any more."""
    ready = [row.id for row in rows if row.state == State.OFFERED]
    if ready:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ready), Delivery.state == State.OFFERED.value)
            .values(state=State.STOPPED.value, done_at=at, outcome=Outcome.STOPPED.value)
            .execution_options(synchronize_session=False)
        )
