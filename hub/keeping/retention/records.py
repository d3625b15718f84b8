"""Tables of retention: the rules with who proposed and who approved them, and each deletion with its two persons."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class RetentionRule(Base):
    """How long `thing` is kept of those who left with `outcome`, from `effective_on` until a later rule of the two.

    `keep_days` counts from the day the person left; None keeps it for ever. It binds once another person approved
    it. A row is never changed otherwise, nor deleted.
    """

    __tablename__ = "retention_rules"
    __table_args__ = (Index("ix_retention_rules_outcome_thing", "outcome", "thing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(24))
    thing: Mapped[str] = mapped_column(String(16))
    keep_days: Mapped[int | None]
    authority: Mapped[str] = mapped_column(String(200))
    effective_on: Mapped[date]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[str | None] = mapped_column(String(64))


class RetentionRun(Base):
    """One deletion: what was due on `due_on`, made by one person and confirmed by another. One is open at a time."""

    __tablename__ = "retention_runs"
    __table_args__ = (
        Index(
            "uq_retention_runs_open",
            "open_slot",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    open_slot: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    ended: Mapped[str] = mapped_column(String(16), default="")


class RetentionItem(Base):
    """One thing of one person in a deletion. While `opened_at` is set and `done_at` is not, its rows may be deleted.

    `result` is "deleted", or "kept" with `note` saying why; `pieces` is how many rows went.
    """

    __tablename__ = "retention_items"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id", "thing"),
        Index("ix_retention_items_person_id_thing", "person_id", "thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("retention_runs.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    thing: Mapped[str] = mapped_column(String(16))
    rule_id: Mapped[int] = mapped_column(ForeignKey("retention_rules.id"))
    due_on: Mapped[date]
    pieces: Mapped[int]
    opened_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(16), default="")
    note: Mapped[str] = mapped_column(String(40), default="")
