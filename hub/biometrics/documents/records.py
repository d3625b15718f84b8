"""The table of scans."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base


class Document(Base):
    """One scan of one person's paper; what it is stands in the fact whose `document_id` names it. Append-only.

    `sha256` is that of the file as it was handed in, `see` the permission that opens it.
    """

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("person_id", "sha256", "see"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    media_type: Mapped[str] = mapped_column(String(32))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    see: Mapped[str] = mapped_column(String(32))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, Document.__table__), door="documents")
