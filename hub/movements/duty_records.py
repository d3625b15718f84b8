"""Tables of duties: who stands where, whose fingers are to be taken again, who passes by another way."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Post(Base):
    """An officer stands at a checkpoint for a time; without a checkpoint, has the shift as its supervisor.

    `ended_at` is set when it ended before `until_at`.
    """

    __tablename__ = "posts"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    checkpoint_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoints.id"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime] = mapped_column(index=True)
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]


class ReEnrolment(Base):
    """Somebody's fingers should be taken again: work for records officers, never a mark against the person.

    Nobody has two open ones. `closed_by_fingers` tells that new impressions closed it, not a note alone.
    """

    __tablename__ = "re_enrolments"
    __table_args__ = (
        Index(
            "uq_re_enrolments_open",
            "person_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(64))
    assigned_to: Mapped[str | None] = mapped_column(String(64))
    assigned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(64))
    closed_by_fingers: Mapped[bool | None]
    close_note: Mapped[str | None] = mapped_column(String(200))


class StandingProcedure(Base):
    """How a person without a usable finger passes: in force from its approval until it is ended.

    `review_on` is when somebody has to look again whether it is still needed.
    """

    __tablename__ = "standing_procedures"
    __table_args__ = (
        Index(
            "uq_standing_procedures_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(String(200))
    instead: Mapped[str] = mapped_column(String(200))
    approved_by: Mapped[str] = mapped_column(String(64))
    approved_at: Mapped[datetime]
    second_approved_by: Mapped[str | None] = mapped_column(String(64))
    second_approved_at: Mapped[datetime | None]
    review_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    end_reason: Mapped[str | None] = mapped_column(String(200))


class StandingReview(Base):
    """Somebody looked again and found a procedure still needed, until the next review. Append-only."""

    __tablename__ = "standing_reviews"

    id: Mapped[Id]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("standing_procedures.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(200))
    review_on: Mapped[date]


protect(cast(Table, StandingReview.__table__))
