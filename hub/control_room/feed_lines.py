"""Lines of the live feed as screens get them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.records import FeedItem

FeedLine = dict[str, Any]
"""`id`, `kind`, `noted_at` and all of the item's own payload."""


def feed_line(item: FeedItem) -> FeedLine:
    """One line; the payload's own `at` is when it happened, `noted_at` when the hub heard of it."""
    return {"at": item.at, **item.payload, "id": item.id, "kind": item.kind, "noted_at": item.at}


def recent_lines(session: Session, count: int) -> list[FeedLine]:
    """The newest lines, newest first."""
    rows = session.scalars(select(FeedItem).order_by(FeedItem.id.desc()).limit(count))
    return [feed_line(item) for item in rows]


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
