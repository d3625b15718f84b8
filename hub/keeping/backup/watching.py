"""An alarm when the last good backup is too old: a hub that dies without one takes the master roll with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.database import Sessions, session_scope
from hub.keeping.backup import settings
from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.standing import USUAL_LIMIT, backup_standing
from hub.movements import feed
from hub.movements.records import FeedItem, FeedKind
from hub.pace import is_over

ALARM: Final = "backup_overdue"
LOOKED_EVERY: Final = timedelta(minutes=10)
AGAIN_AFTER: Final = timedelta(hours=24)
"""While nobody makes a backup the alarm comes back once a day, whoever closed it."""


@dataclass(frozen=True)
class BackupPlace:
    """The hub's folder, where the settings of its backups lie; None where a site has none."""

    data: Path | None


def limit_of(data: Path) -> timedelta:
    """How old the newest backup may be, as backup.toml of the hub in `data` says."""
    try:
        return timedelta(hours=settings.load(data).alarm_after_hours)
    except BackupError:
        return USUAL_LIMIT  # without settings there is no backup either, and the alarm is due all the more


class BackupWatch:
    """`tick` gives how many alarms it raised."""

    def __init__(self, sessions: Sessions, data: Path) -> None:
        self._sessions = sessions
        self._data = data
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        if not is_over(self._looked_at, LOOKED_EVERY, now):
            return 0
        self._looked_at = now
        limit = limit_of(self._data)
        with session_scope(self._sessions, writes=False) as session:
            late = _late_since(session, now, limit)
        if late is None:
            return 0
        with session_scope(self._sessions) as session:
            told = {"what": ALARM, "since": late.isoformat(), "at": now.isoformat()}
            feed.append(session, [feed.Line(now, FeedKind.ALARM, told)])
        return 1


def _late_since(session: Session, now: datetime, limit: timedelta) -> datetime | None:
    """Since when a backup is missing; None where none is, or the alarm rang within a day."""
    began_at = backup_standing(session, now, limit).began_at
    # A hub that never had one is given the same time, from the first person in its register.
    since = began_at or session.scalar(select(func.min(Person.created_at)))
    if since is None or now - since <= limit or _rang(session, now):
        return None
    return since


def _rang(session: Session, now: datetime) -> bool:
    alarms = session.scalars(
        select(FeedItem.payload).where(text("feed_items.kind = 'alarm'"), FeedItem.at > now - AGAIN_AFTER)
    )
    return any(payload.get("what") == ALARM for payload in alarms)
