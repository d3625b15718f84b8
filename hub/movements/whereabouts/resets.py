"""Saying of an area that what was proven there holds no more, as after an evacuation or a search."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.database import once
from hub.movements.site.tree import load
from hub.movements.whereabouts.records import AreaReset


def reset_area(
    session: Session, zone_id: int, *, by: str, reason: str, at: datetime, recorded_at: datetime | None = None
) -> None:
    """Everybody last proven in the zone, or in one that lies in it, before `at` is unproven from now on."""
    session.add(
        AreaReset(zone_id=zone_id, at=at, recorded_at=recorded_at or at, by=by[:64], reason=reason[:300])
    )
    session.flush()


def resets_around(session: Session, zone_id: int, most: int = 10) -> list[AreaReset]:
    """When, by whom and why the zone or one that it lies in was reset, the newest first."""
    around = [node.id for node in load(session).above(zone_id)]
    wanted = select(AreaReset).where(AreaReset.zone_id.in_(around))
    return list(session.scalars(wanted.order_by(AreaReset.at.desc(), AreaReset.id.desc()).limit(most)))


def resets(session: Session) -> dict[int, datetime]:
    """When each zone was last reset, by itself or by one that it lies in."""
    return once(session, _resets)


def _resets(session: Session) -> dict[int, datetime]:
    rows = session.execute(
        select(AreaReset.zone_id, func.max(AreaReset.at)).group_by(AreaReset.zone_id)
    ).all()
    if not rows:
        return {}
    tree, found = load(session), dict[int, datetime]()
    for zone_id, at in rows:
        for inner in tree.within(zone_id):
            found[inner] = max(at, found.get(inner, at))
    return found
