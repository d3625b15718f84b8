"""How long the ways of passes may take: learnt from movements, route by route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.movements.move_limits import limits
from hub.movements.whereabouts.travel import Travel, travel_times


@dataclass(frozen=True)
class PassWays:
    """What was learnt of ways, and `untimed` for those on which nobody was timed yet."""

    travel: Travel
    untimed: timedelta

    def fastest(self, from_zone: int, to_zone: int) -> timedelta:
        """Nobody gets there faster; nothing where that is not known."""
        return self.travel.fastest(from_zone, to_zone) or timedelta(0)

    def typical(self, from_zone: int, to_zone: int) -> timedelta | None:
        """What half of them take; None where nobody was timed yet."""
        return self.travel.typical(from_zone, to_zone)

    def late_after(self, from_zone: int, to_zone: int) -> timedelta:
        """Whoever takes longer is late."""
        if from_zone == to_zone:
            return timedelta(0)
        found = self.travel.late_after(from_zone, to_zone)
        return self.untimed if found is None else found


def ways_of(session: Session, now: datetime) -> PassWays:
    """What is known of ways at `now`."""
    return PassWays(travel_times(session, now), timedelta(seconds=limits(session).way_s))
