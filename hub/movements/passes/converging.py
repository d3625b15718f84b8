"""Two who must not meet, and whose ways lead to one place at one time: found before they are there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

FOR_EVER = timedelta(days=365)


class Speeds(Protocol):
    """How long ways take: at the fastest, and before somebody is late."""

    def fastest(self, from_zone: int, to_zone: int) -> timedelta: ...
    def late_after(self, from_zone: int, to_zone: int) -> timedelta: ...


@dataclass(frozen=True)
class Way:
    """Somebody on the way, or free to set out: zones still before them, in order, and when they set out.

    `sets_out_by` is None for whoever is on the way, and the latest time for whoever may go any moment. `stays_until`
    is how long they stay at the end.
    """

    person_id: int
    pass_id: int
    zones: tuple[int, ...]
    set_out_at: datetime
    sets_out_by: datetime | None
    stays_until: datetime


@dataclass(frozen=True)
class Stay:
    """Somebody may be in a zone from `from_at` until `until_at`. `pass_id` 0: they were just seen there."""

    person_id: int
    pass_id: int
    zone_id: int
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True)
class Meeting:
    """Two stays in one zone that may overlap, from `at` on; `one` is the one who comes there."""

    zone_id: int
    at: datetime
    one: Stay
    other: Stay


def stays_of(way: Way, speeds: Speeds, now: datetime) -> list[Stay]:
    """When somebody may be in each zone before them: from the fastest that they can be there until they are late.

    The zone that they set out from is no news, and left out.
    """
    if not way.zones:
        return []
    start, end = way.zones[0], way.zones[-1]
    latest = way.sets_out_by or way.set_out_at
    found = []
    for zone, after in zip(way.zones[1:], [*way.zones[2:], None], strict=True):
        enters = way.set_out_at + speeds.fastest(start, zone)
        leaves = way.stays_until if after is None else latest + speeds.late_after(start, after)
        found.append(Stay(way.person_id, way.pass_id, zone, max(enters, now), max(leaves, now)))
    if start == end:
        found.append(Stay(way.person_id, way.pass_id, end, now, way.stays_until))
    return found


def meetings(
    coming: Iterable[Stay],
    around: Sequence[Stay],
    forbidden: Collection[int],
    within: timedelta,
    now: datetime,
    place: Callable[[int], Collection[int]] = lambda zone: (zone,),
) -> list[Meeting]:
    """Where those who come may meet one of those who are `around`, in a forbidden zone and before `within` is over.

    `place` gives the zones that are one place with a zone.
    """
    by_zone: dict[int, list[Stay]] = {}
    for stay in around:
        by_zone.setdefault(stay.zone_id, []).append(stay)
    found = []
    for one in coming:
        if one.zone_id not in forbidden:
            continue
        for other in (each for zone in place(one.zone_id) for each in by_zone.get(zone, ())):
            at = max(one.from_at, other.from_at)
            if at < min(one.until_at, other.until_at) and at - now <= within:
                found.append(Meeting(one.zone_id, at, one, other))
    return sorted(found, key=lambda meeting: (meeting.at, meeting.zone_id))
