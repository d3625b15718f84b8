"""The table of renewals: asked for, decided, told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class CertificateRenewal(Base):
    """One new key that a terminal wants certified. Decided with a certificate, or with `why` it gets none.

    `told_at` is when the answer last left; asking again for the same key clears it.
    """

    __tablename__ = "certificate_renewals"
    __table_args__ = (UniqueConstraint("terminal_id", "key_fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    key_fingerprint: Mapped[str] = mapped_column(String(64))
    request: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    certificate: Mapped[str | None] = mapped_column(Text)
    until_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    told_at: Mapped[datetime | None]
