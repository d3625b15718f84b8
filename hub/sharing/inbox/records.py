"""Tables of what came in: the message as it was sent, how it stands, what was done about it, what it became."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import Date, ForeignKey, LargeBinary, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class State(StrEnum):
    """How a message stands; the sender is told these words."""

    RECEIVED = "received"
    KEPT = "kept"
    """Nobody here by that name: it waits until somebody is admitted whom it may be about."""
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    """Accepted, with something put right first: the sender is told what."""
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    """The same was sent before: the first one counts."""
    TAKEN_BACK = "taken_back"
    """Accepted once, and what it became was withdrawn: it has to be decided again."""
    EXPIRED = "expired"
    """Kept, and nobody came for as long as the agreement lets it be kept."""


OPEN: Final = (State.RECEIVED.value, State.TAKEN_BACK.value)
"""States in which somebody has to decide."""
DONE: Final = (State.ACCEPTED.value, State.CORRECTED.value)


class InboundMessage(Base):
    """A message as it came. `digest` is over its content without the envelope, so that the same told twice is found.

    `body_hash` is the SHA-256 of the bytes that were sent; what it says stands apart, in `InboundBody`. `liberty` says
    what hangs on it: 0 somebody may have to go at once. `agreement` is the one that it came under.
    """

    __tablename__ = "inbound_messages"
    __table_args__ = (UniqueConstraint("agency", "message_id"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(16), unique=True)
    agency: Mapped[str] = mapped_column(String(32), index=True)
    exchange: Mapped[str] = mapped_column(String(32))
    message_id: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    case_number: Mapped[str] = mapped_column(String(80))
    sequence: Mapped[int | None]
    liberty: Mapped[int]
    issued_at: Mapped[datetime]
    received_at: Mapped[datetime]
    agreement: Mapped[str] = mapped_column(String(64))
    agreement_version: Mapped[int]
    same_as_id: Mapped[int | None] = mapped_column(BIG)


class InboundBody(Base):
    """What a message says. Of somebody who never came it is deleted in time; number, times and hash stay.

    `sent` are the bytes as they came: None where they came as a row of a file, which is hashed by itself.
    """

    __tablename__ = "inbound_bodies"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    sent: Mapped[bytes | None] = mapped_column(LargeBinary)


class InboxItem(Base):
    """How a message stands. `version` is raised by each act: of two people at once only one acts.

    `id` is that of the message, which goes first where the law has a file deleted: no key of the database holds it.
    `subject_*` is whom it names, so that a file can ask whether something waits for it; `accepted` is what the officer
    recorded where that differs from what was sent, as JSON. `cleared_at` is when what it said of somebody was deleted.
    """

    __tablename__ = "inbox_items"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int]
    liberty: Mapped[int]
    due_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    subject_number: Mapped[str] = mapped_column(String(80), index=True)
    subject_reference: Mapped[str] = mapped_column(String(80))
    subject_name: Mapped[str] = mapped_column(String(170), index=True)
    subject_born_on: Mapped[date | None] = mapped_column(Date)
    owner: Mapped[str] = mapped_column(String(64))
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    reason_code: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(300))
    accepted: Mapped[str] = mapped_column(Text)
    cleared_at: Mapped[datetime | None]


class InboxAct(StrEnum):
    """What happened to a message."""

    RECEIVED = "received"
    TAKEN = "taken"
    CHOSEN = "chosen"
    """Somebody said whom it is about."""
    KEPT = "kept"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    EXPIRED = "expired"
    CLEARED = "cleared"
    """What it said of somebody was deleted."""


class InboxStep(Base):
    """One thing that was done about a message. `note` is a person's number, or of an officer's words their hash."""

    __tablename__ = "inbox_steps"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BIG, ForeignKey("inbound_messages.id"), index=True)
    act: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300))


class InboxWords(Base):
    """What an officer wrote at a step, which can name people: it goes with what the message said, its hash stays."""

    __tablename__ = "inbox_words"

    step_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(BIG, index=True)
    words: Mapped[str] = mapped_column(String(300))


class InboxFact(Base):
    """A fact that a message became."""

    __tablename__ = "inbox_facts"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BIG, ForeignKey("inbound_messages.id"), index=True)
    fact_id: Mapped[int] = mapped_column(BIG, index=True)
    kind: Mapped[str] = mapped_column(String(32))


OWNER: Final = "(SELECT i.person_id FROM inbox_items i WHERE i.id = OLD.id)"
"""Whose a message is, for the law that says when a file is deleted."""

OF_NOBODY: Final = (
    "EXISTS (SELECT 1 FROM inbox_items i WHERE i.id = OLD.id "
    "AND i.person_id IS NULL AND i.cleared_at IS NOT NULL)"
)
"""A message about nobody who is known here, whose clearing has been noted."""

protect(cast(Table, InboundMessage.__table__), door="facts", owner=OWNER)
protect(cast(Table, InboundBody.__table__), door="facts", owner=OWNER, also=OF_NOBODY)
_OWNER_OF_STEP: Final = OWNER.replace("OLD.id", "OLD.message_id")
protect(
    cast(Table, InboxWords.__table__),
    door="facts",
    owner=_OWNER_OF_STEP,
    also=OF_NOBODY.replace("OLD.id", "OLD.message_id"),
)
for _kept in (InboxStep, InboxFact):
    protect(cast(Table, _kept.__table__), door="facts", owner=_OWNER_OF_STEP)
