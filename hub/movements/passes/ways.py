"""How long the ways of passes may take: learnt from movements, route by route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.movements.move_limits import limits
from hub.movements.whereabouts.travel import Travel, travel_times

MOST_TIMES: Final = 3
"""Whoever needs more than so many times what half of all people need has not only walked."""
LEAST: Final = timedelta(seconds=30)
"""On the shortest ways a door that is held open counts for more than the steps."""


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
        """Whoever takes longer is late: what nine of ten took, but never much more than what half of them took.

        So that a few who stay on the way, however long, do not buy that time for everybody.
        """
        if from_zone == to_zone:
            return timedelta(0)
        found = self.travel.late_after(from_zone, to_zone)
        typical = self.travel.typical(from_zone, to_zone)
        if found is None:
            return self.untimed
        return found if typical is None else min(found, max(MOST_TIMES * typical, LEAST))

    def measured(self, from_zone: int, to_zone: int) -> int:
        """How many walks what is known of this way rests on; 0 where it is reckoned from the plan of checkpoints."""
        timed = self.travel.timed(from_zone, to_zone)
        return 0 if timed is None else timed.measured


def ways_of(session: Session, now: datetime) -> PassWays:
    """What is known of ways at `now`."""
    return PassWays(travel_times(session, now), timedelta(seconds=limits(session).way_s))
