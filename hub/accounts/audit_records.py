"""Tables that make the trail a chain: the link of every line, and the hub's signature over each stretch of them."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base


class AuditLink(Base):
    """The place of a line in the chain, from 1 without a gap, and the hash over it and all before it. Append-only."""

    __tablename__ = "audit_links"

    position: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("audit_entries.id"), unique=True)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditSeal(Base):
    """The hub's Ed25519 signature over the link at `position`, and so over every line up to it. Append-only."""

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_at: Mapped[datetime]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


for _kept in (AuditLink, AuditSeal):
    protect(cast(Table, _kept.__table__))
