"""The table of backups: each that was finished, and how far it holds the terminals' journals."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Backup(Base):
    """A backup that was finished, or the one that this hub was restored from (`restored`). Append-only.

    `began_at` is the moment whose state it holds. `journals` says how far it holds each: a list of
    [terminal id, journal id in hex, sequence]. `digest` is the SHA-256 of the file in hex.
    """

    __tablename__ = "backups"

    id: Mapped[Id]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(120))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    restored: Mapped[bool]
    journals: Mapped[list[Any]] = mapped_column(JSON)


protect(cast(Table, Backup.__table__))
