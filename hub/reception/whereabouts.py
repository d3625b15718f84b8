"""Where somebody is and how well that is known, and what was seen of them today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.movements.records import FeedItem, FeedKind, Position, Zone
from hub.web.formats import SITE_ZONE

UNPROVEN_AFTER: Final = timedelta(hours=2)
"""A proof older than this says where somebody was, not where they are."""
LOOKED_BACK: Final = 50_000
"""Feed items searched for a day's trail: four days of the busiest site there is."""


@dataclass(frozen=True)
class Whereabouts:
    """The last proof of a place, and whether it still counts."""

    zone_code: str
    zone_name: str
    source: str
    proven_at: datetime
    terminal: str
    unproven: bool


@dataclass(frozen=True)
class Step:
    """One passage of a person's day."""

    at: datetime
    decision: str
    rule: str
    from_zone: str
    to_zone: str
    terminal: str
    late: bool


def is_unproven(proven_at: datetime, now: datetime, *, clock_sure: bool = True) -> bool:
    """Whether the position is too old, or its clock too unsure, to count on."""
    return not clock_sure or now - proven_at > UNPROVEN_AFTER


_LAST_PROOF: Final = (
    select(Position, Zone)
    .join(Zone, Zone.id == Position.zone_id)
    .where(Position.person_id == bindparam("person_id"))
)


def whereabouts(session: Session, person_id: int, now: datetime) -> Whereabouts | None:
    """The position of somebody, None when nobody has seen them yet."""
    row = session.execute(_LAST_PROOF, {"person_id": person_id}).one_or_none()
    if row is None:
        return None
    position, zone = row
    return Whereabouts(
        zone_code=zone.code,
        zone_name=zone.name,
        source=position.source,
        proven_at=position.proven_at,
        terminal=position.terminal,
        unproven=is_unproven(position.proven_at, now, clock_sure=position.clock_sure),
    )


def start_of_day(now: datetime) -> datetime:
    """Midnight at the site."""
    return datetime.combine(now.astimezone(SITE_ZONE).date(), time(), SITE_ZONE)


def trail_today(session: Session, number: str, now: datetime) -> list[Step]:
    """Passages of the person with this number since midnight, newest first."""
    newest = session.scalar(select(func.max(FeedItem.id))) or 0
    rows = session.scalars(
        select(FeedItem)
        .where(FeedItem.id > newest - LOOKED_BACK, FeedItem.at >= start_of_day(now))
        .where(FeedItem.kind == FeedKind.PASSAGE.value, FeedItem.payload["person"].as_string() == number)
    )
    steps = [_step(item.payload) for item in rows]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _step(payload: dict[str, Any]) -> Step:
    return Step(
        at=datetime.fromisoformat(payload["at"]),
        decision=payload["decision"],
        rule=payload["rule"],
        from_zone=payload["from_zone"],
        to_zone=payload["to_zone"],
        terminal=payload["terminal"],
        late=bool(payload.get("late")),
    )
