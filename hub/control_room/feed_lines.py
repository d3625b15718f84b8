"""Lines of the live feed as screens get them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, false, func, not_, select
from sqlalchemy.orm import Session

from hub.movements.records import FeedItem, FeedKind

FeedLine = dict[str, Any]
"""`id`, `kind`, `noted_at` and all of the item's own payload."""

SUMMED: Final = (FeedKind.PASSAGE.value, FeedKind.ATTEMPT.value)
"""Kinds whose late lines are summed up; an alarm is told whole however late it comes."""
SPAN: Final = 100_000
"""How many items back anybody looks for lines to tell whole, so that a flood of late ones costs no minutes."""


def feed_line(item: FeedItem) -> FeedLine:
    """One line; the payload's own `at` is when it happened, `noted_at` when the hub heard of it."""
    return {"at": item.at, **item.payload, "id": item.id, "kind": item.kind, "noted_at": item.at}


def is_late(item: FeedItem) -> bool:
    """Whether an item tells of what a terminal held back, or a book, and is one of many."""
    return item.kind in SUMMED and item.payload.get("historical") is True


def late_items() -> ColumnElement[bool]:
    """The same for the database."""
    historical = func.coalesce(FeedItem.payload["historical"].as_boolean(), false())
    return and_(FeedItem.kind.in_(SUMMED), historical)


def last_id(session: Session) -> int:
    """Number of the newest feed item, 0 when there is none."""
    return session.scalar(select(func.max(FeedItem.id))) or 0


def newest_items(session: Session, count: int) -> list[FeedItem]:
    """The newest items, oldest first."""
    return list(reversed(session.scalars(select(FeedItem).order_by(FeedItem.id.desc()).limit(count)).all()))


def recent_items(session: Session, count: int) -> list[FeedItem]:
    """The newest items that are told whole, oldest first."""
    wanted = select(FeedItem).where(FeedItem.id > last_id(session) - SPAN, not_(late_items()))
    return list(reversed(session.scalars(wanted.order_by(FeedItem.id.desc()).limit(count)).all()))


def lines_after(session: Session, last: int, limit: int) -> list[FeedItem]:
    """Items with a number above `last`, oldest first."""
    rows = session.scalars(select(FeedItem).where(FeedItem.id > last).order_by(FeedItem.id).limit(limit))
    return list(rows.all())


def whole_after(session: Session, last: int, limit: int) -> list[FeedItem]:
    """Those of them that are told whole."""
    wanted = select(FeedItem).where(FeedItem.id > last, not_(late_items()))
    return list(session.scalars(wanted.order_by(FeedItem.id).limit(limit)).all())


def persons_in(items: Iterable[FeedItem]) -> set[str]:
    """Numbers of the people that items tell of."""
    return {item.payload["person"] for item in items if item.payload.get("person")}


def happened_at(line: FeedLine) -> datetime:
    """When the line's event happened, as an aware time."""
    at = line["at"]
    return at if isinstance(at, datetime) else msgspec.convert(at, datetime)
