"""Officers at gates who say that who is in an area is not known any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements.feed import Line
from hub.movements.records import FeedKind
from hub.movements.site.tree import load
from hub.movements.whereabouts.resets import reset_area
from hub.roll.actions import zones_at
from wire.happenings import AreaResetDone


def take_area_reset(
    session: Session, one: Arrived, moment: Moment, said: AreaResetDone, now: datetime
) -> list[Line]:
    """Proofs of the zone from before hold no more. A terminal speaks of the zones of its own checkpoint alone."""
    own = said.zone in zones_at(session, one.keys.checkpoint)
    zone = load(session).by_code(said.zone) if own else None
    told = {
        "what": "area_reset" if zone is not None else "area_reset_refused",
        "terminal": one.keys.name,
        "zone": said.zone,
        "officer": said.officer,
        "at": moment.at.isoformat(),
        "late": one.historical,
    }
    if zone is not None:
        reset_area(
            session, zone.id, by=said.officer, reason=said.reason, at=min(moment.at, now), recorded_at=now
        )
    return [Line(now, FeedKind.TERMINAL, told)]
