"""What state a pass is in, from its window, from what was seen and from how long the way takes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from hub.movements.move_limits import Limits


class PassState(StrEnum):
    """Where a pass stands. NOT_USED: the window is over, the person never left and is known to be inside."""

    DUE = "DUE"
    DEPARTED = "DEPARTED"
    ARRIVED = "ARRIVED"
    RETURNED = "RETURNED"
    OVERDUE = "OVERDUE"
    UNACCOUNTED = "UNACCOUNTED"
    CANCELLED = "CANCELLED"
    NOT_USED = "NOT_USED"


LATE: Final = frozenset({PassState.OVERDUE, PassState.UNACCOUNTED})
DONE: Final = frozenset({PassState.RETURNED, PassState.CANCELLED, PassState.NOT_USED})


class Leg(StrEnum):
    """On the way there, or on the way back."""

    OUT = "OUT"
    BACK = "BACK"


class Reason(StrEnum):
    """What a move is for. A list shows no more of it than this word."""

    WORK = "WORK"
    CLINIC = "CLINIC"
    COURT = "COURT"
    VISITS = "VISITS"
    SCHOOL = "SCHOOL"
    CHAPEL = "CHAPEL"
    EXERCISE = "EXERCISE"
    RECEPTION = "RECEPTION"
    OTHER = "OTHER"


class Escort(StrEnum):
    """Who comes along, as a gate is told it."""

    NONE = "NONE"
    OFFICER = "OFFICER"
    GROUP = "GROUP"


@dataclass(frozen=True)
class Sighting:
    """Somebody was proven to be in a zone; `evidence` says by what, for whoever asks."""

    at: datetime
    zone_id: int
    evidence: str = ""


@dataclass(frozen=True)
class Trace:
    """When the person left, came there, left again and was back; None for what was not seen."""

    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    returned_at: datetime | None = None

    @property
    def moving(self) -> bool:
        """On the way, there or back."""
        on_way_out = self.departed_at is not None and self.arrived_at is None
        return on_way_out or (self.left_at is not None and self.returned_at is None)


class Planned(Protocol):
    """What a state follows from, as a pass has it."""

    @property
    def from_zone_id(self) -> int: ...
    @property
    def to_zone_id(self) -> int: ...
    @property
    def there_at(self) -> datetime: ...
    @property
    def until_at(self) -> datetime: ...
    @property
    def one_way(self) -> bool: ...
    @property
    def cancelled(self) -> bool: ...
    @property
    def trace(self) -> Trace: ...


class Known(Protocol):
    """Where somebody is known to be: `unproven` when that no longer tells anything."""

    @property
    def proven_at(self) -> datetime: ...
    @property
    def unproven(self) -> bool: ...


class Ways(Protocol):
    """How long a way may take before somebody on it is late."""

    def late_after(self, from_zone: int, to_zone: int) -> timedelta: ...


@dataclass(frozen=True)
class Standing:
    """A state. `since` is when it began; `next_at` when time alone changes it, None when it does not."""

    state: PassState
    leg: Leg
    since: datetime
    next_at: datetime | None


def trace_of(
    sightings: Iterable[Sighting],
    *,
    opens_at: datetime,
    origin: Collection[int],
    destination: Collection[int],
    one_way: bool = False,
) -> Trace:
    """The way of somebody through proofs, whatever the order in which they were heard of.

    `origin` and `destination` hold every zone that counts as being there. Proofs before `opens_at` tell nothing of
    this pass. Whoever turns back before they came there has not departed.
    """
    found = Trace()
    for one in sorted(
        (one for one in sightings if one.at >= opens_at), key=lambda one: (one.at, one.zone_id)
    ):
        if one_way and found.arrived_at is not None:
            break
        found = _step(found, one, there=one.zone_id in destination, home=one.zone_id in origin)
    return found


def _step(so_far: Trace, one: Sighting, *, there: bool, home: bool) -> Trace:
    if so_far.arrived_at is None:
        if there:
            return Trace(so_far.departed_at or one.at, one.at)
        return Trace() if home else Trace(so_far.departed_at or one.at)
    if there:
        return Trace(so_far.departed_at, so_far.arrived_at)  # back where they were expected to be
    if home:
        left, back = so_far.left_at or one.at, so_far.returned_at or one.at
        return Trace(so_far.departed_at, so_far.arrived_at, left, back)
    if so_far.returned_at is not None:
        return so_far  # some other way, which is not this pass's
    return Trace(so_far.departed_at, so_far.arrived_at, so_far.left_at or one.at)


def state_of(one: Planned, place: Known | None, travel: Ways, now: datetime, limits: Limits) -> Standing:
    """Where a pass stands at `now`; `place` is the person's, None when nobody knows of any."""
    trace, grace = one.trace, timedelta(seconds=limits.grace_s)
    if one.cancelled:
        return Standing(PassState.CANCELLED, Leg.OUT, now, None)
    if trace.returned_at is not None:
        return Standing(PassState.RETURNED, Leg.BACK, trace.returned_at, None)
    if trace.arrived_at is not None and one.one_way:
        return Standing(PassState.ARRIVED, Leg.OUT, trace.arrived_at, None)
    way_back = travel.late_after(one.to_zone_id, one.from_zone_id) + grace
    if trace.left_at is not None:
        before = Standing(PassState.DEPARTED, Leg.BACK, trace.left_at, trace.left_at + way_back)
    elif trace.arrived_at is not None:
        before = Standing(PassState.ARRIVED, Leg.BACK, trace.arrived_at, one.until_at + way_back)
    elif trace.departed_at is not None:
        way_there = travel.late_after(one.from_zone_id, one.to_zone_id) + grace
        before = Standing(PassState.DEPARTED, Leg.OUT, trace.departed_at, trace.departed_at + way_there)
    else:
        return _not_gone(one, place, now, grace, limits)
    return _late(before, place, now, limits, moving=trace.moving)


def _not_gone(one: Planned, place: Known | None, now: datetime, grace: timedelta, limits: Limits) -> Standing:
    due = Standing(PassState.DUE, Leg.OUT, now, one.there_at + grace)
    if now >= one.until_at and place is not None and not place.unproven:
        return Standing(PassState.NOT_USED, Leg.OUT, one.until_at, None)
    found = _late(due, place, now, limits, moving=False)
    if found.state is PassState.OVERDUE and now < one.until_at and found.next_at is not None:
        return Standing(found.state, found.leg, found.since, min(found.next_at, one.until_at))
    return found


def _late(before: Standing, place: Known | None, now: datetime, limits: Limits, *, moving: bool) -> Standing:
    """`before` until the time it has, late after it, and unaccounted for when then nobody knows where they are."""
    late_at = before.next_at
    assert late_at is not None
    if now < late_at:
        return before
    lost_at = late_at + timedelta(seconds=limits.unaccounted_after_s)
    if now < lost_at:
        return Standing(PassState.OVERDUE, before.leg, late_at, lost_at)
    known = place is not None and not place.unproven and (not moving or place.proven_at >= late_at)
    # A proof grows old without anything happening: whoever is known now is looked at again.
    again = now + timedelta(seconds=max(1, limits.unaccounted_after_s // 4))
    if known:
        return Standing(PassState.OVERDUE, before.leg, late_at, again)
    return Standing(PassState.UNACCOUNTED, before.leg, lost_at, None)
