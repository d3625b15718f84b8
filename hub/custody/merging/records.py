"""Tables of merges: each pair that was looked at, what happened to it step by step, and who is joined to whom now."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class MergeCase(Base):
    """Two files that may be of one person. `found_by` says how it was noticed: finger, name or officer."""

    __tablename__ = "merge_cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    found_by: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(64))


class MergeStep(Base):
    """One act on a case; the highest `number` is how it stands. Append-only, so two officers cannot both be next.

    `lead_id` is the person whose number leads, `aside_id` the open stay that ends because it was the same stay as
    `into_id`. `moves` is the JSON of what was recorded since the merge and to whom it goes when they part.
    """

    __tablename__ = "merge_steps"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("merge_cases.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    aside_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    into_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    moves: Mapped[str] = mapped_column(Text)


class Joined(Base):
    """Somebody whose file is led by another one now; made from the steps and never written by hand."""

    __tablename__ = "joined_persons"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    lead_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)


class JoinedStay(Base):
    """A stay that was recorded twice: it goes on as `into_id`. Made from the steps like `Joined`."""

    __tablename__ = "joined_stays"

    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), primary_key=True, autoincrement=False)
    into_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)


protect(cast(Table, MergeStep.__table__))
