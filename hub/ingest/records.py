"""Tables of ingest: every journal entry as it came, how far each journal is held, and what was refused."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Journal(Base):
    """How far the hub holds one journal: everything up to `committed`, whose link is `committed_link`.

    `duplicates` counts entries that came again and changed nothing.
    """

    __tablename__ = "journals"
    __table_args__ = (UniqueConstraint("terminal_id", "journal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    committed: Mapped[int] = mapped_column(BigInteger)
    committed_link: Mapped[bytes] = mapped_column(LargeBinary(32))
    backed_up: Mapped[int] = mapped_column(BigInteger)
    duplicates: Mapped[int] = mapped_column(BigInteger)
    first_heard_at: Mapped[datetime]


class EntryStatus(StrEnum):
    """What became of an entry."""

    APPLIED = "applied"
    QUARANTINED = "quarantined"
    FORK = "fork"


class StoredEntry(Base):
    """An entry as its terminal wrote it: `raw` is what the chain covers.

    One entry of a sequence is `canonical`, the one in the chain that the hub follows; others are forks. `happened_at`
    is when it happened as the hub reckoned on taking it in, certainly between `early_ms` before and `late_ms` after
    that; None of an entry that was not applied, or came before this was kept.
    """

    __tablename__ = "stored_entries"
    __table_args__ = (
        UniqueConstraint("terminal_id", "journal_id", "sequence", "link"),
        Index(
            "uq_stored_entries_canonical",
            "terminal_id",
            "journal_id",
            "sequence",
            unique=True,
            sqlite_where=text("canonical"),
            postgresql_where=text("canonical"),
        ),
    )

    id: Mapped[Id]
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    before: Mapped[bytes] = mapped_column(LargeBinary(32))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    canonical: Mapped[bool]
    status: Mapped[str] = mapped_column(String(16))
    happened_at: Mapped[datetime | None]
    early_ms: Mapped[int | None] = mapped_column(BigInteger)
    late_ms: Mapped[int | None] = mapped_column(BigInteger)
    sure: Mapped[bool | None]


class BatchSignature(Base):
    """What a terminal signed of its journal, as it came: entries `first` to `last`, whose link is `last_link`.

    One for each batch that brought something new, for whoever has to prove later who wrote an entry; with the chain it
    covers everything before `last` too. `earliest_at` and `latest_at` bound when its entries can have happened, for
    finding those of an hour; `is_long` where they are more than a day apart. `signature` is None for what came before
    signatures were kept. Append-only.
    """

    __tablename__ = "batch_signatures"
    __table_args__ = (
        UniqueConstraint("terminal_id", "journal_id", "last", "last_link"),
        Index("ix_batch_signatures_earliest_at", "earliest_at"),
        Index(
            "ix_batch_signatures_long",
            "latest_at",
            sqlite_where=text("is_long"),
            postgresql_where=text("is_long"),
        ),
    )

    id: Mapped[Id]
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    last_link: Mapped[bytes] = mapped_column(LargeBinary(32))
    historical: Mapped[bool]
    signature: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    received_at: Mapped[datetime]
    earliest_at: Mapped[datetime]
    latest_at: Mapped[datetime]
    is_long: Mapped[bool]


class Fork(Base):
    """Two continuations of one journal. `held_link` is what the hub had where `link` claims to be. Append-only."""

    __tablename__ = "forks"
    __table_args__ = (UniqueConstraint("terminal_id", "journal_id", "sequence", "link"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    held_link: Mapped[bytes] = mapped_column(LargeBinary(32))
    noticed_at: Mapped[datetime]


class CutTail(Base):
    """A terminal said that its journal ends before what the hub holds of it. Append-only."""

    __tablename__ = "cut_tails"
    __table_args__ = (UniqueConstraint("terminal_id", "journal_id", "last", "held"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    last: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)
    noticed_at: Mapped[datetime]


class Quarantined(Base):
    """An authentic entry that could not be applied; it waits for a person. `resolved_at` is set by one."""

    __tablename__ = "quarantined"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("stored_entries.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(40))
    since_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class KeptAside(Base):
    """A message that nobody trusted signed: the beginning of it, for whoever looks into it."""

    __tablename__ = "kept_aside"

    id: Mapped[Id]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(40), index=True)
    topic: Mapped[str] = mapped_column(String(120))
    size_bytes: Mapped[int]
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class AsideCount(Base):
    """How many messages were kept aside for one reason, with those that were only counted."""

    __tablename__ = "aside_counts"

    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    messages: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime]


class Boot(Base):
    """Between a terminal's start and the hub: it was running by `began_by_at`, told by its earliest contact.

    It was not running before `began_after_at`, told by our answer to its echo `echo_number`, which left at `echoed_at`.
    """

    __tablename__ = "boots"

    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), primary_key=True)
    boot_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    began_by_at: Mapped[datetime]
    began_after_at: Mapped[datetime | None]
    echo_number: Mapped[int | None] = mapped_column(BigInteger)
    echoed_at: Mapped[datetime | None]


for _kept in (BatchSignature, Fork, CutTail):
    protect(cast(Table, _kept.__table__))
