"""Tables of the outbox: what happened, who is to hear of it, how often that was tried, and how far facts were read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id
from hub.sentences import Sentence


class State(StrEnum):
    """How a delivery stands."""

    WAITING = "waiting"
    SENT = "sent"
    """The agency acknowledged it."""
    OFFERED = "offered"
    """The agency has neither address nor drop: it lies there for its program to fetch."""
    STOPPED = "stopped"
    """No agreement allows it any more: it was never sent, or not again."""
    DEAD = "dead"
    """Tried for days without an acknowledgement. Somebody sends it again, or settles it otherwise."""


STATES: Final = {
    State.WAITING: Sentence("Waiting"),
    State.SENT: Sentence("Confirmed by them"),
    State.OFFERED: Sentence("To be fetched"),
    State.STOPPED: Sentence("Stopped by agreement"),
    State.DEAD: Sentence("Given up"),
}

_WAITS: Final = text("state = 'waiting'")


class SharingEvent(Base):
    """Something that agencies are told: a type and a reference, never a name.

    `uid` is the id that receivers know it by. `fact_id` is the fact it was made from, None for an answer; a fact makes
    one event of a type, however often it is read. `data` is the JSON of further references.
    """

    __tablename__ = "sharing_events"
    __table_args__ = (UniqueConstraint("fact_id", "type"),)

    id: Mapped[Id]
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    type: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    booking_id: Mapped[int | None]
    fact_id: Mapped[int | None] = mapped_column(BIG)
    reference: Mapped[str] = mapped_column(String(40))
    data: Mapped[str] = mapped_column(Text)


class Delivery(Base):
    """One event for one agency. `sequence` counts an agency's deliveries from 1 in the order they became visible.

    `exchange` and `purpose` are those of the agreement under which it goes; the gate is asked again at every try.
    Changed only from the state and number of tries that were read before, so two workers cannot both act.
    `since_at` is when it began to wait, for the first time or again; `next_at` when it is tried next.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "agency"),
        UniqueConstraint("agency", "sequence"),
        Index(
            "ix_deliveries_waiting",
            "agency",
            "person_id",
            "sequence",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index("ix_deliveries_due", "agency", "sequence", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_deliveries_agency_state_done_at", "agency", "state", "done_at"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("sharing_events.id"))
    agency: Mapped[str] = mapped_column(String(40))
    sequence: Mapped[int] = mapped_column(BIG)
    person_id: Mapped[int | None]
    exchange: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int]
    replays: Mapped[int]
    made_at: Mapped[datetime]
    since_at: Mapped[datetime]
    next_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(24))
    disclosure_id: Mapped[int | None] = mapped_column(BIG)


class DeliveryAttempt(Base):
    """One try, or one act upon a delivery: what came of it, the receiver's status, how long it took. Never a body.

    `by` is the login of whoever sent it again, empty for the program.
    """

    __tablename__ = "delivery_attempts"

    id: Mapped[Id]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    number: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(24))
    status: Mapped[int | None]
    took_ms: Mapped[int]
    by: Mapped[str] = mapped_column(String(64))


class DeliverySender(Base):
    """An agency's way out: whose turn it is to send there, until when to leave it alone, and when it last answered.

    `last` is the highest sequence given out. `token` names the process that sends, until `until_at`.
    """

    __tablename__ = "delivery_senders"

    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int] = mapped_column(BIG)
    token: Mapped[str] = mapped_column(String(36))
    until_at: Mapped[datetime | None]
    failures: Mapped[int]
    retry_at: Mapped[datetime | None]
    contact_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(24))


class FactCursor(Base):
    """How far facts were read. Every fact up to `settled` was; of later ones those in `facts_taken`.

    `noted` is the highest fact seen when `horizon` was the next transaction to begin: once all before that one ended,
    nothing can appear up to `noted` any more.
    """

    __tablename__ = "fact_cursors"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    settled: Mapped[int] = mapped_column(BIG)
    noted: Mapped[int] = mapped_column(BIG)
    horizon: Mapped[int] = mapped_column(BIG)
    noted_at: Mapped[datetime | None]


class FactTaken(Base):
    """A fact past the cursor that was read already."""

    __tablename__ = "facts_taken"

    fact_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)


protect(cast(Table, SharingEvent.__table__))
protect(cast(Table, DeliveryAttempt.__table__))
