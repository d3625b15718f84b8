"""How old the last good backup is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.keeping.backup.records import Backup

USUAL_LIMIT = timedelta(hours=26)
"""A nightly backup and two hours' grace."""


@dataclass(frozen=True)
class BackupStanding:
    """`began_at` is None when there never was a backup. `alarm` tells that one is overdue."""

    began_at: datetime | None
    size_bytes: int
    name: str
    alarm: bool


def backup_standing(session: Session, now: datetime, limit: timedelta = USUAL_LIMIT) -> BackupStanding:
    """The newest backup that this hub finished itself; one it was restored from is none of its own."""
    newest = select(Backup).where(Backup.restored.is_(False)).order_by(Backup.began_at.desc()).limit(1)
    row = session.scalar(newest)
    if row is None:
        return BackupStanding(None, 0, "", True)
    return BackupStanding(row.began_at, row.size_bytes, row.name, now - row.began_at > limit)
