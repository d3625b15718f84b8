"""Tables of batches from paper: what is being typed, who signed, and what each row became."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class State(StrEnum):
    """How a batch stands."""

    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    ENTERED = "ENTERED"
    UNDONE = "UNDONE"
    DROPPED = "DROPPED"


class PaperBatch(Base):
    """One book or bundle of papers of one dark time. `rows` is JSON of what is typed, as typed, faults and all.

    `key` (hex) names the batch as a source of movements. `version` rises with each change of what is typed.
    """

    __tablename__ = "paper_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    place: Mapped[str] = mapped_column(String(120))
    dark_from_at: Mapped[datetime]
    dark_until_at: Mapped[datetime]
    paper: Mapped[str] = mapped_column(String(80))
    rows: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str] = mapped_column(String(64))
    entered_at: Mapped[datetime | None]
    entered_by: Mapped[str] = mapped_column(String(64))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(64))
    undo_reason: Mapped[str] = mapped_column(String(300))


class PaperRow(Base):
    """A row that was entered: the cells as they stood under both signatures, and what it became. Append-only.

    `made` is JSON: the numbers of its facts, of its movement, of the record of a release, or of its headcount. A
    count of a zone in which nobody else counts is kept here and nowhere else.
    """

    __tablename__ = "paper_rows"
    __table_args__ = (UniqueConstraint("batch_id", "line"),)

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batches.id"))
    line: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12), index=True)
    occurred_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    cells: Mapped[str] = mapped_column(Text)
    made: Mapped[str] = mapped_column(Text)


protect(cast(Table, PaperRow.__table__))
