"""How one gets from zone to zone: checkpoints as a graph, shortest ways, and how fast they can be walked."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import once
from hub.movements.records import Checkpoint

UNMEASURED_S: Final = 10
"""What a passage that nobody measured counts for when the shortest way is chosen; never as a proof of anything."""


@dataclass(frozen=True)
class Point:
    """A checkpoint, zones by id."""

    code: str
    from_zone: int
    to_zone: int
    walk_s: int | None = None


@dataclass(frozen=True)
class Step:
    """One passage of a way. `back`: the checkpoint is passed against its direction, where nobody is scanned."""

    checkpoint: str
    from_zone: int
    to_zone: int
    walk_s: int | None
    back: bool = False


class Graph:
    """Every way out of every zone. One leaves by the door one came in: without a scan where no checkpoint leads out."""

    def __init__(self, ways: Mapping[int, tuple[Step, ...]]) -> None:
        self._ways = ways
        self._known: dict[int, dict[int, Step]] = {}
        self._known_s: dict[int, dict[int, int]] = {}

    @classmethod
    def of(cls, points: Iterable[Point]) -> Graph:
        """The graph of these checkpoints. Of two between the same zones, the faster one is the way."""
        held = list(points)
        both = {(point.from_zone, point.to_zone) for point in held}
        steps = [Step(one.code, one.from_zone, one.to_zone, one.walk_s) for one in held]
        steps += [
            Step(one.code, one.to_zone, one.from_zone, one.walk_s, back=True)
            for one in held
            if (one.to_zone, one.from_zone) not in both
        ]
        ways: dict[int, list[Step]] = {}
        for step in sorted(steps, key=lambda one: (_cost(one), one.checkpoint)):
            ways.setdefault(step.from_zone, []).append(step)
        return cls({zone: tuple(found) for zone, found in ways.items()})

    def way(self, from_zone: int, to_zone: int) -> list[Step] | None:
        """The shortest way, empty when both are one zone, None when there is no way at all."""
        if from_zone == to_zone:
            return []
        last = self._from(from_zone)
        if to_zone not in last:
            return None
        found: list[Step] = []
        while to_zone != from_zone:
            found.append(last[to_zone])
            to_zone = last[to_zone].from_zone
        return found[::-1]

    def zones_on(self, from_zone: int, to_zone: int) -> list[int]:
        """Ids of the zones of the shortest way, both ends included; of the two ends alone when there is no way."""
        steps = self.way(from_zone, to_zone)
        if steps is None:
            return [from_zone, to_zone]
        return [from_zone, *(step.to_zone for step in steps)]

    def at_least_s(self, from_zone: int, to_zone: int) -> int | None:
        """Seconds below which nobody gets there: the fastest measured way. What was not measured counts as nothing.

        None when there is no way at all.
        """
        if from_zone not in self._known_s:
            self._known_s[from_zone] = self._walk(from_zone, unmeasured_s=0)[1]
        return self._known_s[from_zone].get(to_zone)

    def beside(self, zone: int) -> frozenset[int]:
        """Zones that one passage leads to."""
        return frozenset(step.to_zone for step in self._ways.get(zone, ()))

    def into(self, zone: int) -> list[str]:
        """Codes of the checkpoints that lead into a zone."""
        return sorted(step.checkpoint for step in self._all if step.to_zone == zone and not step.back)

    @cached_property
    def _all(self) -> list[Step]:
        return [step for found in self._ways.values() for step in found]

    def _from(self, start: int) -> dict[int, Step]:
        """The last step of the shortest way to each zone that can be reached."""
        if start not in self._known:
            self._known[start] = self._walk(start)[0]
        return self._known[start]

    def _walk(
        self, start: int, *, unmeasured_s: int = UNMEASURED_S
    ) -> tuple[dict[int, Step], dict[int, int]]:
        last: dict[int, Step] = {}
        seconds = {start: 0}
        queue = [(0, 0, start)]
        while queue:
            cost, hops, zone = heapq.heappop(queue)
            if cost > seconds[zone]:
                continue
            for step in self._ways.get(zone, ()):
                reached = cost + _cost(step, unmeasured_s)
                if reached < seconds.get(step.to_zone, 1 << 60):
                    seconds[step.to_zone], last[step.to_zone] = reached, step
                    heapq.heappush(queue, (reached, hops + 1, step.to_zone))
        return last, seconds


def _cost(step: Step, unmeasured_s: int = UNMEASURED_S) -> int:
    return unmeasured_s if step.walk_s is None else step.walk_s


def graph(session: Session) -> Graph:
    """The graph as it is now; a transaction that only reads asks the database once."""
    return once(session, _read)


def _read(session: Session) -> Graph:
    rows = session.execute(
        select(Checkpoint.code, Checkpoint.from_zone_id, Checkpoint.to_zone_id, Checkpoint.walk_s)
        .where(Checkpoint.closed_at.is_(None))
        .order_by(Checkpoint.id)
    )
    return Graph.of(Point(*row) for row in rows)
