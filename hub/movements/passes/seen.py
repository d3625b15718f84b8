"""What proves where the people of passes were, and where they are now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.passes.rules import Sighting
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.places import Place, places
from hub.movements.whereabouts.records import ProofRow


@dataclass(frozen=True)
class Known:
    """Where somebody is known to be, as passes need it."""

    zone_id: int
    proven_at: datetime
    unproven: bool
    evidence: str


def known_places(session: Session, people: Collection[int], now: datetime) -> dict[int, Known]:
    """Where each of these people is; those of whom nobody knows anything are left out."""
    return {
        person_id: Known(place.zone_id, place.proven_at, _unproven(place), _evidence(place))
        for person_id, place in places(session, now, people=people).items()
    }


def _unproven(place: Place) -> bool:
    return place.confidence is Confidence.UNPROVEN


def sightings_of(
    session: Session, since: Mapping[int, datetime], known: Mapping[int, Known]
) -> dict[int, list[Sighting]]:
    """Every proof of each person from their time in `since` on that still stands, and where they are now."""
    found: dict[int, list[Sighting]] = {person_id: [] for person_id in since}
    if not since:
        return found
    wanted = select(
        ProofRow.person_id,
        ProofRow.at,
        ProofRow.zone_id,
        ProofRow.terminal,
        ProofRow.sequence,
        ProofRow.evidence,
    ).where(
        ProofRow.person_id.in_(since),
        ProofRow.latest_at >= min(since.values()),
        ProofRow.withdrawn_at.is_(None),
    )
    for person_id, at, zone_id, terminal, sequence, said in session.execute(wanted):
        if at >= since[person_id]:
            found[person_id].append(Sighting(at, zone_id, said or f"{terminal} {sequence}"))
    for person_id, place in known.items():
        if person_id in since and place.proven_at >= since[person_id]:
            found[person_id].append(Sighting(place.proven_at, place.zone_id, place.evidence))
    return found


def _evidence(place: Place) -> str:
    return f"{place.evidence.terminal} {place.evidence.sequence}"
