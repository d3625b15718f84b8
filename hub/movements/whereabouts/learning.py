"""Learning from movements how long ways take: made anew each time, from the days that the rules name."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements.records import Movement, MovementReversal, Zone, ZoneKind
from hub.movements.whereabouts.proofs import BOOK
from hub.movements.whereabouts.records import TravelTime
from hub.movements.whereabouts.rules import limits_at
from hub.rows import insert_rows

LONGEST_CHAIN: Final = 6
"""Checkpoints of one way: more are no way but a day."""
LONGEST_MS: Final = 3_600_000
MOST: Final = 2_000
"""Times of one way that are enough to know it; of more, those of the last movements are kept."""


class Crossing(NamedTuple):
    """One movement, in order for each person."""

    person_id: int
    from_zone: int
    to_zone: int
    at: datetime


@dataclass(frozen=True)
class Learnt:
    """Milliseconds of one way. `fastest_ms` leaves out the quickest one of fifty: one wrong match is no record."""

    fastest_ms: int
    median_ms: int
    p90_ms: int
    measured: int


def learn(crossings: Iterable[Crossing], passed_through: frozenset[int]) -> Ways:
    """Ways by (zone left, zone entered). Zones of `passed_through` are corridors: whoever is in one is under way."""
    times: dict[tuple[int, int], deque[int]] = {}
    for way in _ways(crossings, passed_through):
        start, end = way[0], way[-1]
        took_ms = (end.at - start.at) // timedelta(milliseconds=1)
        if took_ms <= LONGEST_MS and start.from_zone != end.to_zone:
            times.setdefault((start.from_zone, end.to_zone), deque(maxlen=MOST)).append(took_ms)
    return {way: _figures(sorted(found)) for way, found in times.items()}


def _ways(crossings: Iterable[Crossing], passed_through: frozenset[int]) -> Iterator[list[Crossing]]:
    """Runs of crossings of one person, each beginning where the one before it led, through corridors alone."""
    way: list[Crossing] = []
    for one in crossings:
        goes_on = (
            way
            and way[-1].person_id == one.person_id
            and way[-1].to_zone == one.from_zone
            and one.from_zone in passed_through
            and len(way) < LONGEST_CHAIN
        )
        way = [*way, one] if goes_on else [one]
        if len(way) > 1 and one.to_zone not in passed_through:
            yield way


def _figures(ordered: list[int]) -> Learnt:
    count = len(ordered)
    return Learnt(ordered[count // 50], ordered[count // 2], ordered[min(count - 1, count * 9 // 10)], count)


Ways = dict[tuple[int, int], Learnt]


def learn_again(sessions: Sessions, now: datetime) -> int:
    """Learn from the movements of the last days; how many ways are known. Nobody waits to write meanwhile."""
    with session_scope(sessions, writes=False) as session:
        found = _from_movements(session, now)
    with session_scope(sessions) as session:
        _keep(session, found, now)
    return len(found)


def _from_movements(session: Session, now: datetime) -> Ways:
    since = now - timedelta(days=limits_at(session, now).learn_days)
    corridors = session.scalars(select(Zone.id).where(Zone.kind == ZoneKind.MOVEMENT_AREA.value)).all()
    rows = session.execute(
        select(Movement.person_id, Movement.from_zone_id, Movement.to_zone_id, Movement.occurred_at)
        .outerjoin(MovementReversal, MovementReversal.movement_id == Movement.id)
        .where(Movement.occurred_at >= since, Movement.clock_sure, Movement.terminal != BOOK)
        .where(MovementReversal.movement_id.is_(None))
        .order_by(Movement.person_id, Movement.occurred_at, Movement.id)
        .execution_options(yield_per=5_000)
    )
    return learn((Crossing(*row) for row in rows), frozenset(corridors))


def _keep(session: Session, found: Ways, now: datetime) -> None:
    session.execute(delete(TravelTime))
    insert_rows(
        session,
        TravelTime,
        [
            {
                "from_zone_id": start,
                "to_zone_id": end,
                "fastest_ms": one.fastest_ms,
                "median_ms": one.median_ms,
                "p90_ms": one.p90_ms,
                "measured": one.measured,
                "learnt_at": now,
            }
            for (start, end), one in sorted(found.items())
        ],
    )


class Learning:
    """Learns again as often as the rules say; `tick` gives how many ways it learnt, 0 while it is not time."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._learnt_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        with session_scope(self._sessions, writes=False) as session:
            every = timedelta(seconds=limits_at(session, now).learn_every_s)
            if self._learnt_at is None:
                self._learnt_at = session.scalar(select(func.max(TravelTime.learnt_at)))
        if self._learnt_at is not None and now - self._learnt_at < every:
            return 0
        found = learn_again(self._sessions, now)
        self._learnt_at = now
        return found
