"""Sending again by hand: one delivery, some, or all that was given up. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.rows import insert_rows
from hub.sentences import RefusedError, Sentence
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.channels import agencies_with_channel, agencies_with_webhook
from hub.sharing.outbox.records import Delivery, DeliveryAttempt, DeliverySender, SharingEvent, State

MOST: Final = 10_000
"""In one act: more is looked at in parts."""
_MAY: Final = (State.DEAD, State.STOPPED, State.SENT, State.OFFERED)


@dataclass(frozen=True)
class Range:
    """Which deliveries of an agency: in these states, from one sequence to another (0: without end)."""

    agency: str
    states: tuple[State, ...] = (State.DEAD,)
    first: int = 0
    last: int = 0


def count_of(session: Session, wanted: Range) -> int:
    """How many that is."""
    return session.scalar(select(func.count()).where(*_where(wanted))) or 0


def replay_one(session: Session, delivery_id: int, *, actor: Actor, at: datetime) -> Delivery:
    """Send one again; RefusedError where it waits already, or where the agency cannot be reached at all."""
    row = session.get(Delivery, delivery_id)
    if row is None or row.state not in _MAY:
        raise RefusedError("waits_already", Sentence("It waits to be sent already. There is nothing to do."))
    replay_range(session, Range(row.agency, _MAY, row.sequence, row.sequence), actor=actor, at=at)
    session.refresh(row)
    return row


def replay_range(session: Session, wanted: Range, *, actor: Actor, at: datetime) -> int:
    """Send these again, under the ids that they had; how many.

    The receiver knows what it got before by its id. The gate is asked anew for each of them.
    """
    if wanted.agency not in agencies_with_channel(session):
        raise RefusedError(
            "no_channel",
            Sentence(
                "This agency has neither an address nor a drop. Set one first: it fetches what lies ready."
            ),
        )
    count = count_of(session, wanted)
    if count > MOST:
        raise RefusedError(
            "too_many",
            Sentence("These are %(count)s. Send at most %(most)s at once.", {"count": count, "most": MOST}),
        )
    rows = session.execute(select(Delivery.id, Delivery.tries).where(*_where(wanted))).all()
    _note(session, [(row.id, row.tries) for row in rows], actor, at)
    session.execute(
        update(Delivery)
        .where(*_where(wanted))
        .values(
            state=State.WAITING.value,
            since_at=at,
            next_at=at,
            done_at=None,
            replays=Delivery.replays + 1,
            outcome=Outcome.AGAIN.value,
        )
        .execution_options(synchronize_session=False)
    )
    # Somebody has just asked for it: the agency is tried at once.
    session.execute(
        update(DeliverySender).where(DeliverySender.agency == wanted.agency).values(retry_at=None, failures=0)
    )
    write_down(
        session,
        at=at,
        actor=actor,
        act="sharing.replay",
        subject=wanted.agency,
        detail=f"{len(rows)} deliveries {wanted.first} to {wanted.last or 'end'} {' '.join(wanted.states)}",
    )
    return len(rows)


def lay_anew(session: Session, agency: str, ids: Collection[str], at: datetime) -> None:
    """Have the rows of these events written into files again, with what is right now.

    An agency that has nothing but files can fetch it nowhere. Each row keeps the id by which they know it.
    """
    if not ids or agency not in agencies_with_channel(session) - agencies_with_webhook(session):
        return
    events = select(SharingEvent.id).where(SharingEvent.uid.in_(ids))
    written = update(Delivery).where(
        Delivery.agency == agency, Delivery.event_id.in_(events), Delivery.state == State.SENT.value
    )
    again = {"state": State.WAITING.value, "outcome": Outcome.AGAIN.value, "since_at": at, "next_at": at}
    session.execute(
        written.values(**again, done_at=None, replays=Delivery.replays + 1).execution_options(
            synchronize_session=False
        )
    )


def _note(session: Session, rows: Sequence[tuple[int, int]], actor: Actor, at: datetime) -> None:
    insert_rows(
        session,
        DeliveryAttempt,
        [
            {
                "delivery_id": delivery_id,
                "number": tries,
                "at": at,
                "outcome": Outcome.AGAIN.value,
                "status": None,
                "took_ms": 0,
                "by": actor.login[:64],
            }
            for delivery_id, tries in rows
        ],
    )


def _where(wanted: Range) -> list[ColumnElement[bool]]:
    found = [
        Delivery.agency == wanted.agency,
        Delivery.state.in_([state.value for state in wanted.states if state in _MAY]),
    ]
    if wanted.first:
        found.append(Delivery.sequence >= wanted.first)
    if wanted.last:
        found.append(Delivery.sequence <= wanted.last)
    return found
