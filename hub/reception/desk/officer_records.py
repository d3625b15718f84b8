"""Tables of officers' fingers taken at a desk: what was asked for, every change of it, and what came."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class OfficerTask(Base):
    """An officer's fingers, to be taken at one desk. `positions` are ISO codes joined by commas; `parts` those that
    the desk's result has. `outcome` says why nothing could be kept, empty otherwise.
    """

    __tablename__ = "desk_officer_tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(String(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), index=True)
    positions: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12), index=True)
    parts: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(16))
    done: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(40))


class OfficerTaskEvent(Base):
    """A change of an officer's task. The highest id counts towards the books of desks. Append-only."""

    __tablename__ = "desk_officer_events"

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("desk_officer_tasks.id"), index=True)
    what: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class OfficerPart(Base):
    """One finger as it came, sealed to the hub's receiving key. Gone once the task is over: no image is kept."""

    __tablename__ = "desk_officer_parts"
    __table_args__ = (Unique("task_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("desk_officer_tasks.id"))
    position: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]


protect(cast(Table, OfficerTaskEvent.__table__))
