"""Block and tier of a cell follow from the zone that it belongs to: said once, in the tree of zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from hub.movements.records import Zone, ZoneKind

_DEEPEST: Final = 12


@dataclass(frozen=True)
class Lying:
    """Names of the block and of the tier that a zone is or lies in; empty where it lies in none."""

    block: str
    tier: str


def lying_of(session: Session, zone_id: int) -> Lying:
    """Where a zone lies."""
    block = tier = ""
    wanted: int | None = zone_id
    for _ in range(_DEEPEST):
        if wanted is None:
            break
        zone = session.get_one(Zone, wanted)
        if zone.kind == ZoneKind.BLOCK:
            return Lying(zone.name, tier)
        tier = tier or (zone.name if zone.kind == ZoneKind.TIER else "")
        wanted = zone.parent_id
    return Lying(block, tier)
