"""Writing the live feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.database import Series, in_commit_order, insert_rows
from hub.movements.records import FeedItem, FeedKind


@dataclass(frozen=True)
class Line:
    """A feed item before it has its number. `payload` is JSON."""

    at: datetime
    kind: FeedKind
    payload: dict[str, Any]


def append(session: Session, lines: Sequence[Line]) -> None:
    """Add `lines` in order, in the transaction of what they tell.

    Readers follow the highest number, so numbers must become visible in order: on PostgreSQL, where writers run
    side by side, the second waits here until the first has committed.
    """
    if not lines:
        return
    in_commit_order(session, Series.FEED)
    rows = [{"at": line.at, "kind": line.kind.value, "payload": line.payload} for line in lines]
    insert_rows(session, FeedItem, rows)
