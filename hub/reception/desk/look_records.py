"""Tables of looks: one finger at a desk, asked whose it is, or whether it is that person's. Nothing is enrolled."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class DeskLook(Base):
    """One finger asked for. `person_id` None asks whose it is; otherwise whether it is that person's.

    `subject` is what asked (an admission or a release, by its key). `sealed` is the finger as it came, gone once it
    was looked at. `outcome` and `number` are the answer.
    """

    __tablename__ = "desk_looks"

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(String(32), unique=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    subject: Mapped[str] = mapped_column(String(32), index=True)
    position: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    progress_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[str] = mapped_column(String(16))
    numbers: Mapped[str] = mapped_column(String(200))
    operator: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime | None]


class LookEvent(Base):
    """A change of a look. The highest id counts towards the books of desks. Append-only."""

    __tablename__ = "desk_look_events"

    id: Mapped[Id]
    look_id: Mapped[int] = mapped_column(ForeignKey("desk_looks.id"), index=True)
    what: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, LookEvent.__table__))
