"""Tables of plans for gates: each version that was made, what each terminal holds, and whom a pass brings to a gate."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

import hub.movements.records
import hub.terminals.records  # noqa: F401 - whose terminals these tables point at
from hub.accounts.append_only import protect
from hub.database import Base, Id


class GatePlan(Base):
    """A plan was made for a terminal; the highest `counter` counts. Append-only.

    `digest` is the SHA-256 of its content in hexadecimal, so that the same is not sent as news.
    """

    __tablename__ = "gate_plans"
    __table_args__ = (UniqueConstraint("terminal_id", "counter"),)

    id: Mapped[Id]
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    counter: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    known_until_at: Mapped[datetime]
    passes: Mapped[int]
    pairs: Mapped[int]


class PlanHolding(Base):
    """Which plan a terminal last said that it holds, and when it first said so."""

    __tablename__ = "plan_holdings"

    terminal_id: Mapped[int] = mapped_column(
        ForeignKey("terminals.id"), primary_key=True, autoincrement=False
    )
    epoch: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[int] = mapped_column(BigInteger)
    since_at: Mapped[datetime]
    heard_at: Mapped[datetime]


class RollReach(Base):
    """A pass brings somebody into a zone that they may not always enter: gates there hold their fingers meanwhile.

    Made from the passes; what is past goes.
    """

    __tablename__ = "roll_reaches"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), primary_key=True, autoincrement=False)
    since_at: Mapped[datetime]


protect(cast(Table, GatePlan.__table__))
