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


class BackupCheck(Base):
    """Somebody or something looked whether a backup is good. Append-only.

    `how` is of `checks.How`; `digest` is that of the backup's file, empty where the paper of the key was tried.
    `place` is where the file lay.
    """

    __tablename__ = "backup_checks"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    how: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, BackupCheck.__table__))
