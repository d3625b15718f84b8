"""Tables of alarms: the row says how one stands, its steps say how it came to that and are never changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

import hub.custody.records  # noqa: F401 - whose persons these tables point at
from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class Step(StrEnum):
    """What happened to an alarm."""

    RAISED = "RAISED"
    AGAIN = "AGAIN"
    """The same cause rang once more."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ASSIGNED = "ASSIGNED"
    NOTED = "NOTED"
    ON_THE_WAY = "ON_THE_WAY"
    """An officer said so at a terminal's page."""
    ESCALATED = "ESCALATED"
    OVER = "OVER"
    """Its cause ended. The alarm stays until somebody closes it."""
    CLOSED = "CLOSED"


class Alarm(Base):
    """One cause, told apart by `code` and `key`; at most one of them is open.

    `rank` 1 is the most urgent, as of its code or raised by an escalation. `words` is a kept sentence on the cause,
    `evidence` JSON of codes and figures, never a name. `zone_id` and `checkpoint` are its place on the map.
    `feed_item_id` is the newest line of the feed that rang it, `last_at` when that was, `count` how often it rang.
    `asked_at` is since when it asks for somebody: `acknowledged_at` is None again when it rings in a way that does so
    anew.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "uq_alarms_open",
            "code",
            "key",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_alarms_raised_at", "raised_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120))
    rank: Mapped[int]
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    checkpoint: Mapped[str | None] = mapped_column(String(64))
    terminal: Mapped[str | None] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    words: Mapped[str | None]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    feed_item_id: Mapped[int] = mapped_column(BIG, ForeignKey("feed_items.id"), index=True)
    raised_at: Mapped[datetime]
    last_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    count: Mapped[int]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))
    assigned_to: Mapped[str | None] = mapped_column(String(64))
    escalation: Mapped[int] = mapped_column(default=0)
    escalated_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[str | None] = mapped_column(String(64))
    close_reason: Mapped[str | None] = mapped_column(String(24))


class AlarmStep(Base):
    """One thing that happened to an alarm, in the order of `id`. `by` is a login, None for the hub. Append-only."""

    __tablename__ = "alarm_steps"

    id: Mapped[Id]
    alarm_id: Mapped[int] = mapped_column(BIG, ForeignKey("alarms.id"), index=True)
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(16))
    by: Mapped[str | None] = mapped_column(String(64))
    to: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300), default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AlarmLimits(Base):
    """How long alarms may wait, from `from_at` on; the newest that has begun counts. Append-only. See `limits`."""

    __tablename__ = "alarm_limits"

    id: Mapped[Id]
    from_at: Mapped[datetime] = mapped_column(index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(64))


class AlarmTrial(Base):
    """The test alarm of one shift, rung once however many processes look. Append-only."""

    __tablename__ = "alarm_trials"
    __table_args__ = (UniqueConstraint("shift_at"),)

    id: Mapped[Id]
    shift_at: Mapped[datetime]
    alarm_id: Mapped[int] = mapped_column(BIG, ForeignKey("alarms.id"))


for _kept in (AlarmStep, AlarmLimits, AlarmTrial):
    protect(cast(Table, _kept.__table__))
