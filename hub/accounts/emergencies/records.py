"""The table of uses of break-glass. A use is never removed; its review is written once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class Finding(StrEnum):
    """What the reviewer found."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    MISUSED = "misused"


class EmergencyUse(Base):
    """Somebody opened a person's file in an emergency, from `opened_at` until `until_at` or `closed_at`."""

    __tablename__ = "emergency_uses"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    login: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    person_number: Mapped[str] = mapped_column(String(32), index=True)
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    until_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None] = mapped_column(index=True)
    reviewed_by: Mapped[str] = mapped_column(String(64), default="")
    finding: Mapped[str] = mapped_column(String(16), default="")
    words: Mapped[str] = mapped_column(Text, default="")
