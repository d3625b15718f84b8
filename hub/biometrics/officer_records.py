"""Tables of officers' fingers: consent, a data key for each officer, and templates locked with it. No image is kept."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

import hub.accounts.records  # noqa: F401 - whose accounts these tables point at
from hub.accounts.append_only import protect
from hub.database import Base, Id


class OfficerConsent(Base):
    """An officer agreed that fingers are kept, or took that back; the newest row counts. Append-only.

    `words` is the edition of what was agreed to. `by` is who wrote it down: the officer, or who closed the account.
    """

    __tablename__ = "officer_consents"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    given: Mapped[bool]
    words: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class OfficerKey(Base):
    """The officer's data key under the vault key. Without this row no template of theirs can be read, in no backup."""

    __tablename__ = "officer_keys"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary(128))
    created_at: Mapped[datetime]


class OfficerFinger(Base):
    """One finger of an officer; `position` is the ISO finger code 1 to 10."""

    __tablename__ = "officer_fingers"
    __table_args__ = (UniqueConstraint("account_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    position: Mapped[int]
    quality: Mapped[int]
    sealed_template: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, OfficerConsent.__table__))
