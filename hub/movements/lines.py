"""A line of the live feed before and when it is written. Nothing else happens here: see `hub.movements.feed`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from hub.database import Series, in_commit_order
from hub.movements.records import FeedItem, FeedKind
from hub.rows import insert_rows


@dataclass(frozen=True)
class Line:
    """A feed item before it has its number. `payload` is JSON."""

    at: datetime
    kind: FeedKind
    payload: dict[str, Any]


def write_lines(session: Session, lines: Sequence[Line]) -> None:
    """Add `lines` in order, in the transaction of what they tell.

    Readers follow the highest number, so numbers must become visible in order: on PostgreSQL, where writers run
    side by side, the second waits here until the first has committed.
    """
    if lines:
        in_commit_order(session, Series.FEED)
        insert_rows(session, FeedItem, [_row(line) for line in lines])


def write_line(session: Session, line: Line) -> int:
    """Add one line; gives its number."""
    in_commit_order(session, Series.FEED)
    return session.execute(insert(FeedItem).returning(FeedItem.id), [_row(line)]).scalar_one()


def _row(line: Line) -> dict[str, object]:
    return {"at": line.at, "kind": line.kind.value, "payload": line.payload}
