"""Tables of admissions under way. What was answered and handed in is sealed: the rows alone tell nobody's name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class State(StrEnum):
    """How an admission stands."""

    OPEN = "OPEN"
    DONE = "DONE"
    ABANDONED = "ABANDONED"


class UnderWay(Base):
    """An admission that was begun. `version` goes up with each change: of two clerks who change it from the same
    version the second is told. `sealed` holds the answers while it is open, and nothing afterwards.
    """

    __tablename__ = "admissions_under_way"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int]
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ended_because: Mapped[str] = mapped_column(String(300))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)


class HandedIn(Base):
    """An image of an admission under way: a photo or a finger, sealed. Gone when the admission ends."""

    __tablename__ = "admission_images"
    __table_args__ = (UniqueConstraint("under_way_id", "name", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    under_way_id: Mapped[int] = mapped_column(ForeignKey("admissions_under_way.id"))
    name: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class AdmissionStep(Base):
    """Something done about an admission under way, by whom. Append-only."""

    __tablename__ = "admission_steps"

    id: Mapped[Id]
    under_way_id: Mapped[int] = mapped_column(ForeignKey("admissions_under_way.id"), index=True)
    what: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, AdmissionStep.__table__))
