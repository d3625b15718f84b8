"""Tables of desired configurations. All but the last report are append-only: going back is a new row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Rollout(Base):
    """A change for several terminals, sent out stage after stage. `changes` are values by key."""

    __tablename__ = "rollouts"

    id: Mapped[int] = mapped_column(primary_key=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    begun_at: Mapped[datetime]
    soak_s: Mapped[int]
    probation_s: Mapped[int]


class RolloutMember(Base):
    """A terminal of a roll-out, the stage it belongs to (from 1), and its settings `before` and after."""

    __tablename__ = "rollout_members"
    __table_args__ = (UniqueConstraint("rollout_id", "terminal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rollout_id: Mapped[int] = mapped_column(ForeignKey("rollouts.id"), index=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    stage: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)


class Act(StrEnum):
    """What happened to a roll-out."""

    STAGE = "STAGE"
    STOPPED = "STOPPED"
    WENT_ON = "WENT_ON"
    TAKEN_BACK = "TAKEN_BACK"
    FINISHED = "FINISHED"


class RolloutAct(Base):
    """One step of a roll-out. A stop names the `terminal` that caused it, and why in a word, or is a person's."""

    __tablename__ = "rollout_acts"
    __table_args__ = (
        CheckConstraint("act IN ('STAGE', 'STOPPED', 'WENT_ON', 'TAKEN_BACK', 'FINISHED')", name="act"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rollout_id: Mapped[int] = mapped_column(ForeignKey("rollouts.id"), index=True)
    act: Mapped[str] = mapped_column(String(16))
    stage: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    terminal: Mapped[str | None] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(200))


class DesiredConfiguration(Base):
    """What a terminal shall run by from `made_at` on; the highest `counter` counts. `settings` are a whole model's."""

    __tablename__ = "desired_configurations"
    __table_args__ = (UniqueConstraint("terminal_id", "counter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    counter: Mapped[int] = mapped_column(BigInteger)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    probation_s: Mapped[int]
    rollout_id: Mapped[int | None] = mapped_column(ForeignKey("rollouts.id"), index=True)


class ConfigurationReport(Base):
    """What a terminal last said of configuration and orders. `since_at` is when it first named this version."""

    __tablename__ = "configuration_reports"

    terminal_id: Mapped[int] = mapped_column(
        ForeignKey("terminals.id"), primary_key=True, autoincrement=False
    )
    model: Mapped[str] = mapped_column(String(40))
    epoch: Mapped[int | None] = mapped_column(BigInteger)
    counter: Mapped[int | None] = mapped_column(BigInteger)
    since_at: Mapped[datetime]
    on_trial: Mapped[bool]
    refused_epoch: Mapped[int | None] = mapped_column(BigInteger)
    refused_counter: Mapped[int | None] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(String(200))
    orders_epoch: Mapped[int | None] = mapped_column(BigInteger)
    orders_counter: Mapped[int | None] = mapped_column(BigInteger)


class ConfigurationEvent(Base):
    """What became of a version on a terminal, as its journal says: applied, kept, reverted or refused."""

    __tablename__ = "configuration_events"

    id: Mapped[Id]
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), index=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(200))
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


for _kept in (Rollout, RolloutMember, RolloutAct, DesiredConfiguration, ConfigurationEvent):
    protect(cast(Table, _kept.__table__))
