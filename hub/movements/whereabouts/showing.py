"""The place of somebody as a page shows it, each doubt with both of its proofs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.movements.site.tree import load
from hub.movements.whereabouts.confidence import Confidence, Doubt
from hub.movements.whereabouts.places import Place, place_of


@dataclass(frozen=True)
class ShownPlace:
    """`path` is the zone in words; beside each doubt stands the path of the other proof, "" where there is none."""

    place: Place
    path: str
    doubts: tuple[tuple[Doubt, str], ...]

    @property
    def unproven(self) -> bool:
        return self.place.confidence is Confidence.UNPROVEN


def shown_place(session: Session, person_id: int, now: datetime) -> ShownPlace | None:
    """The place of one person; None when nobody ever saw them."""
    place, tree = place_of(session, person_id, now), load(session)
    if place is None:
        return None
    doubts = tuple(
        (doubt, "" if doubt.other is None else tree.path(doubt.other.zone_id)) for doubt in place.doubts
    )
    return ShownPlace(place, tree.path(place.zone_id), doubts)
