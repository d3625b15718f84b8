"""The table of thresholds. A row is added and never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import String, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class DisclosureRule(Base):
    """From `effective_on` no number from 1 to `k` - 1 is given out; `authority` is who asks for that, and in what."""

    __tablename__ = "disclosure_rules"

    id: Mapped[Id]
    k: Mapped[int]
    effective_on: Mapped[date]
    authority: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, DisclosureRule.__table__))
