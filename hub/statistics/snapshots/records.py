"""The table of the daily rolls: totals without people. Append-only, each sealed onto the one before."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class RollSnapshot(Base):
    """Who was held at the end of `day`, as known at `known_at`: `total`, and `body` with every cut as JSON.

    `digest` seals day, time and body onto `previous`, the digest of the row before.
    """

    __tablename__ = "roll_snapshots"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(unique=True)
    known_at: Mapped[datetime]
    taken_at: Mapped[datetime]
    total: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


protect(cast(Table, RollSnapshot.__table__))
