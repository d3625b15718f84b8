"""Tables of units at terminals: who took one over, and which picture each officers' page holds."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class UnitShift(Base):
    """An officer took a unit over at its page, and signed for the number of people that it showed. Append-only.

    `unit` is a zone's code. `roll_known` is how many the hub itself had assigned to it when it heard; None when that
    was so late that it says nothing.
    """

    __tablename__ = "unit_shifts"
    __table_args__ = (
        UniqueConstraint("terminal", "journal_id", "sequence"),
        Index("ix_unit_shifts_unit_at", "unit", "at"),
    )

    id: Mapped[Id]
    unit: Mapped[str] = mapped_column(String(64))
    officer: Mapped[str] = mapped_column(String(64))
    from_officer: Mapped[str | None] = mapped_column(String(64))
    roll_seen: Mapped[int]
    roll_known: Mapped[int | None]
    remarks: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    clock_sure: Mapped[bool]
    recorded_at: Mapped[datetime]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)


class UnitHolding(Base):
    """Which picture a terminal last said that it holds, and when it first said so."""

    __tablename__ = "unit_holdings"

    terminal_id: Mapped[int] = mapped_column(
        ForeignKey("terminals.id"), primary_key=True, autoincrement=False
    )
    epoch: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[int] = mapped_column(BigInteger)
    since_at: Mapped[datetime]
    heard_at: Mapped[datetime]


protect(cast(Table, UnitShift.__table__))
