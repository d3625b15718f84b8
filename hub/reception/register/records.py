"""Tables of imports and of batches from paper: what was handed in, what was decided, how far it got."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, Id


class RegisterMapping(Base):
    """Columns and codes of a register under a name, to be used again. `chosen` is JSON of `mapping.Chosen`."""

    __tablename__ = "register_mappings"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    chosen: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(64))


class RegisterImport(Base):
    """A file handed in. `state` is of `actions.State`; `done` rows are through; `headers` and `chosen` are JSON."""

    __tablename__ = "register_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    encoding: Mapped[str] = mapped_column(String(16))
    headers: Mapped[str] = mapped_column(Text)
    chosen: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    rows: Mapped[int]
    done: Mapped[int]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(64))
    undo_reason: Mapped[str] = mapped_column(String(300))


class RegisterRow(Base):
    """One row of an import. `judged` is of `actions.Judged`, `decision` of `actions.Decision` or empty.

    `cells`, `faults` and `entry` are JSON. `twin_id` is the person it may be, `twin_line` the earlier row.
    `person_id`, `booking_id` and `facts` (how many) are what the import made of it.
    """

    __tablename__ = "register_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "line"),
        Index("ix_register_rows_person_id", "person_id"),
    )

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("register_imports.id"))
    line: Mapped[int]
    cells: Mapped[str] = mapped_column(Text)
    judged: Mapped[str] = mapped_column(String(12))
    entry: Mapped[str] = mapped_column(Text)
    faults: Mapped[str] = mapped_column(Text)
    twin_why: Mapped[str] = mapped_column(String(16))
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    twin_line: Mapped[int | None]
    decision: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    is_new: Mapped[bool]
    facts: Mapped[int]
