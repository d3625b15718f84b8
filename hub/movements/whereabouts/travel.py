"""How long ways take, learnt from movements; where nobody was timed yet, by the plan of checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import once
from hub.movements.site.tree import Tree, load
from hub.movements.site.ways import Graph, graph
from hub.movements.whereabouts.limits import Limits
from hub.movements.whereabouts.records import TravelTime
from hub.movements.whereabouts.rules import limits_at


@dataclass(frozen=True)
class Timed:
    """What was measured on one way, in milliseconds, and how often."""

    fastest_ms: int
    median_ms: int
    p90_ms: int
    measured: int


class Travel:
    """Ways between zones by id. Nothing is said of a way that nobody was timed on and no checkpoints lead along."""

    def __init__(
        self, timed: Mapping[tuple[int, int], Timed], ways: Graph, tree: Tree, limits: Limits
    ) -> None:
        self._timed = timed
        self._ways = ways
        self._tree = tree
        self._limits = limits
        self._known: dict[tuple[int, int], tuple[int, int] | None] = {}

    def fastest(self, from_zone: int, to_zone: int) -> timedelta | None:
        """The least time in which anybody is known to have gone there."""
        timed = self.timed(from_zone, to_zone)
        if timed is not None:
            return timedelta(milliseconds=timed.fastest_ms)
        steps = self._steps(from_zone, to_zone)
        if steps is None:
            return None
        count, measured_s = steps
        return timedelta(seconds=max(measured_s, count * self._limits.least_step_s))

    def typical(self, from_zone: int, to_zone: int) -> timedelta | None:
        """What half of those who went there took at most."""
        timed = self.timed(from_zone, to_zone)
        if timed is not None:
            return timedelta(milliseconds=timed.median_ms)
        steps = self._steps(from_zone, to_zone)
        return None if steps is None else timedelta(seconds=steps[0] * self._limits.unknown_step_s)

    def late_after(self, from_zone: int, to_zone: int) -> timedelta | None:
        """What nine of ten took at most; twice the expected time where nobody was timed."""
        timed = self.timed(from_zone, to_zone)
        if timed is not None:
            return timedelta(milliseconds=timed.p90_ms)
        expected = self.typical(from_zone, to_zone)
        return None if expected is None else 2 * expected

    def timed(self, from_zone: int, to_zone: int) -> Timed | None:
        """What was measured on this very way, None where too few went it."""
        found = self._timed.get((from_zone, to_zone))
        return found if found is not None and found.measured >= self._limits.enough else None

    def fastest_s(self, from_zone: int, to_zone: int) -> float | None:
        """`fastest` in seconds."""
        found = self.fastest(from_zone, to_zone)
        return None if found is None else found.total_seconds()

    def _steps(self, from_zone: int, to_zone: int) -> tuple[int, int] | None:
        """Checkpoints on the way, and the seconds that they take at least by the plan.

        A unit that no checkpoint leads into is as far away as the block that it lies in.
        """
        if (from_zone, to_zone) not in self._known:
            self._known[from_zone, to_zone] = self._find(from_zone, to_zone)
        return self._known[from_zone, to_zone]

    def _find(self, from_zone: int, to_zone: int) -> tuple[int, int] | None:
        for start in self._tree.above(from_zone):
            for end in self._tree.above(to_zone):
                way = self._ways.way(start.id, end.id)
                if way is not None:
                    return len(way), self._ways.at_least_s(start.id, end.id) or 0
        return None


def travel_times(session: Session, now: datetime | None = None) -> Travel:
    """Everything known of ways, with the rules in force at `now`."""
    limits = limits_at(session, now or datetime.now(UTC))
    return Travel(once(session, _read), graph(session), load(session), limits)


def _read(session: Session) -> dict[tuple[int, int], Timed]:
    return {
        (row.from_zone_id, row.to_zone_id): Timed(row.fastest_ms, row.median_ms, row.p90_ms, row.measured)
        for row in session.scalars(select(TravelTime))
    }
