"""Taking in deliveries in one transaction. Nothing is answered before the caller has committed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from hub.ingest.acks import ack_of
from hub.ingest.answers import Answer, Reply, answer
from hub.ingest.applying import apply
from hub.ingest.aside import keep_aside
from hub.ingest.doorkeeper import Delivery, Doorkeeper, VerifiedBatch, VerifiedState, VerifiedWord
from hub.ingest.signatures import keep_signatures
from hub.ingest.states import take_state
from hub.ingest.storing import extend
from wire.errors import Refusal, WireError
from wire.journal import Ack
from wire.topics import Channel


@dataclass
class Taken:
    """What a transaction did: `acks` and `replies` by terminal name, to be sent once it is committed."""

    acks: list[tuple[str, Ack]] = field(default_factory=list)
    replies: list[tuple[str, Reply]] = field(default_factory=list)
    refused: list[tuple[str, Refusal]] = field(default_factory=list)
    entries: int = 0
    duplicates: int = 0
    forked: int = 0
    old_states: int = 0


def take_in(
    session: Session,
    deliveries: Sequence[Delivery],
    now: datetime,
    *,
    trusting: bool = True,
    answers: Mapping[Channel, Answer] | None = None,
) -> Taken:
    """Verify, store and apply; what is not authentic is kept aside and advances nothing.

    With `trusting` false authentic entries are stored in quarantine without being applied.
    """
    taken = Taken()
    batches, states = _verified(session, deliveries, now, taken, answers or {})
    if batches:
        _take_batches(session, batches, now, taken, trusting=trusting)
    for state in states:
        taken.old_states += not take_state(session, state, now)
    return taken


def _verified(
    session: Session,
    deliveries: Sequence[Delivery],
    now: datetime,
    taken: Taken,
    answers: Mapping[Channel, Answer],
) -> tuple[list[VerifiedBatch], list[VerifiedState]]:
    doorkeeper = Doorkeeper(session)
    batches: list[VerifiedBatch] = []
    states: list[VerifiedState] = []
    for delivery in deliveries:
        try:
            opened = doorkeeper.open(delivery)
            if isinstance(opened, VerifiedWord):
                replies = answer(session, opened, answers, now)
                taken.replies += [(opened.keys.name, reply) for reply in replies]
        except WireError as refusal:
            keep_aside(session, delivery, refusal.reason, now)
            taken.refused.append((delivery.topic, refusal.reason))
            continue
        if isinstance(opened, VerifiedBatch):
            batches.append(opened)
        elif isinstance(opened, VerifiedState):
            states.append(opened)
    return batches, states


def _take_batches(
    session: Session, batches: list[VerifiedBatch], now: datetime, taken: Taken, *, trusting: bool
) -> None:
    extensions = extend(session, batches, now)
    apply(session, extensions, now, trusting=trusting)
    keep_signatures(session, batches, extensions)
    for extension in extensions:
        taken.entries += len(extension.applicable)
        taken.forked += len(extension.forked)
        taken.duplicates += extension.duplicates
        taken.acks.append((extension.keys.name, ack_of(session, extension.journal, now)))
