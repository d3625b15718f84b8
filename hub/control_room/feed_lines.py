"""Lines of the live feed as screens get them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.movements.records import FeedItem

FeedLine = dict[str, Any]
"""`id`, `kind`, `noted_at` and all of the item's own payload."""


def feed_line(item: FeedItem) -> FeedLine:
    """One line; the payload's own `at` is when it happened, `noted_at` when the hub heard of it."""
    return {"at": item.at, **item.payload, "id": item.id, "kind": item.kind, "noted_at": item.at}


def last_id(session: Session) -> int:
    """Number of the newest feed item, 0 when there is none."""
    return session.scalar(select(func.max(FeedItem.id))) or 0


def recent_items(session: Session, count: int) -> list[FeedItem]:
    """The newest items, oldest first."""
    return list(reversed(session.scalars(select(FeedItem).order_by(FeedItem.id.desc()).limit(count)).all()))


def lines_after(session: Session, last: int, limit: int) -> list[FeedItem]:
    """Items with a number above `last`, oldest first."""
    rows = session.scalars(select(FeedItem).where(FeedItem.id > last).order_by(FeedItem.id).limit(limit))
    return list(rows.all())


def persons_in(items: Iterable[FeedItem]) -> set[str]:
    """Numbers of the people that items tell of."""
    return {item.payload["person"] for item in items if item.payload.get("person")}


def happened_at(line: FeedLine) -> datetime:
    """When the line's event happened, as an aware time."""
    at = line["at"]
    return at if isinstance(at, datetime) else msgspec.convert(at, datetime)
