"""What state a pass is in: from its window, what was seen, how long the way takes, and the clock. No database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.movements.move_limits import Limits
from hub.movements.passes.converging import Stay, Way, meetings, stays_of
from hub.movements.passes.rules import Leg, PassState, Sighting, Trace, state_of, trace_of

EIGHT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
CELL, YARD, SHOP, CHAPEL = 1, 2, 3, 4
HOME, THERE = frozenset({CELL}), frozenset({SHOP})
LIMITS = Limits(grace_s=60, unaccounted_after_s=300)


def minute(number: float) -> datetime:
    return EIGHT + timedelta(minutes=number)


NOTHING_SEEN, DUE_THERE, OVER = Trace(), minute(10), minute(60)


class FiveMinutes:
    def late_after(self, from_zone: int, to_zone: int) -> timedelta:
        return timedelta(minutes=5)

    def fastest(self, from_zone: int, to_zone: int) -> timedelta:
        return timedelta(minutes=abs(from_zone - to_zone))


@dataclass(frozen=True)
class Asked:
    """Due there at minute 10, until minute 60; may go from minute 0."""

    trace: Trace = NOTHING_SEEN
    cancelled: bool = False
    one_way: bool = False
    from_zone_id: int = CELL
    to_zone_id: int = SHOP
    there_at: datetime = DUE_THERE
    until_at: datetime = OVER


@dataclass(frozen=True)
class Known:
    proven_at: datetime
    unproven: bool = False


def seen(*steps: tuple[float, int]) -> Trace:
    sightings = [Sighting(minute(at), zone) for at, zone in steps]
    return trace_of(sightings, opens_at=minute(-5), origin=HOME, destination=THERE)


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((), (None, None, None, None)),
        (((-6, SHOP),), (None, None, None, None)),  # before the window opened
        (((1, CELL),), (None, None, None, None)),
        (((1, YARD),), (1, None, None, None)),
        (((1, YARD), (2, CELL)), (None, None, None, None)),  # turned back
        (((1, YARD), (4, SHOP)), (1, 4, None, None)),
        (((4, SHOP),), (4, 4, None, None)),  # no checkpoint on the way out
        (((1, YARD), (4, SHOP), (58, YARD)), (1, 4, 58, None)),
        (((1, YARD), (4, SHOP), (20, YARD), (25, SHOP)), (1, 4, None, None)),  # was out and came back in
        (((1, YARD), (4, SHOP), (58, YARD), (62, CELL)), (1, 4, 58, 62)),
        (((1, YARD), (4, SHOP), (62, CELL)), (1, 4, 62, 62)),
        (((1, YARD), (4, SHOP), (58, YARD), (62, CELL), (70, CHAPEL)), (1, 4, 58, 62)),  # another way
        (((4, SHOP), (30, CELL), (40, SHOP)), (4, 4, None, None)),  # midday at home
    ],
)
def test_what_proofs_say_of_a_pass(
    steps: tuple[tuple[float, int], ...], found: tuple[float | None, ...]
) -> None:
    marks = [None if one is None else minute(one) for one in found]
    assert seen(*steps) == Trace(*marks)


_STEPS = st.lists(
    st.tuples(st.integers(-10, 80), st.sampled_from([CELL, YARD, SHOP, CHAPEL])),
    max_size=8,
    unique_by=lambda one: one[0],
)


@settings(max_examples=60, deadline=None)
@given(_STEPS, st.randoms(use_true_random=False))
def test_the_order_in_which_proofs_are_heard_of_changes_nothing(steps: list[tuple[int, int]], chance) -> None:  # type: ignore[no-untyped-def]
    mixed = list(steps)
    chance.shuffle(mixed)
    assert seen(*mixed) == seen(*steps)


OUT = Trace(minute(1))
IN = Trace(minute(1), minute(4))
LEFT = Trace(minute(1), minute(4), minute(58))


@pytest.mark.parametrize(
    ("trace", "at", "place", "state", "leg", "next_at"),
    [
        (Trace(), 0, None, PassState.DUE, Leg.OUT, 11),
        (Trace(), 10.9, None, PassState.DUE, Leg.OUT, 11),
        (Trace(), 11, None, PassState.OVERDUE, Leg.OUT, 16),
        (Trace(), 16, None, PassState.UNACCOUNTED, Leg.OUT, None),
        (
            Trace(),
            16,
            Known(minute(-30)),
            PassState.OVERDUE,
            Leg.OUT,
            17.25,
        ),  # stayed at home, and known there
        (Trace(), 16, Known(minute(-300), unproven=True), PassState.UNACCOUNTED, Leg.OUT, None),
        (Trace(), 60, Known(minute(-30)), PassState.NOT_USED, Leg.OUT, None),
        (Trace(), 60, None, PassState.UNACCOUNTED, Leg.OUT, None),
        (OUT, 6.9, Known(minute(1)), PassState.DEPARTED, Leg.OUT, 7),  # left at 1, the way takes 5, grace 1
        (OUT, 7, Known(minute(1)), PassState.OVERDUE, Leg.OUT, 12),
        (OUT, 12, Known(minute(1)), PassState.UNACCOUNTED, Leg.OUT, None),  # no proof since
        (OUT, 12, Known(minute(9)), PassState.OVERDUE, Leg.OUT, 13.25),  # seen elsewhere since
        (IN, 59, Known(minute(4)), PassState.ARRIVED, Leg.BACK, 66),
        (IN, 66, Known(minute(4)), PassState.OVERDUE, Leg.BACK, 71),
        (IN, 71, Known(minute(4)), PassState.OVERDUE, Leg.BACK, 72.25),  # still there, and known to be
        (IN, 71, Known(minute(4), unproven=True), PassState.UNACCOUNTED, Leg.BACK, None),
        (LEFT, 63.9, Known(minute(58)), PassState.DEPARTED, Leg.BACK, 64),
        (LEFT, 64, Known(minute(58)), PassState.OVERDUE, Leg.BACK, 69),
        (LEFT, 69, Known(minute(58)), PassState.UNACCOUNTED, Leg.BACK, None),
        (Trace(minute(1), minute(4), minute(58), minute(62)), 900, None, PassState.RETURNED, Leg.BACK, None),
    ],
)
def test_where_a_pass_stands(
    trace: Trace, at: float, place: Known | None, state: PassState, leg: Leg, next_at: float | None
) -> None:
    found = state_of(Asked(trace), place, FiveMinutes(), minute(at), LIMITS)
    assert (found.state, found.leg) == (state, leg)
    assert found.next_at == (None if next_at is None else minute(next_at))


def test_one_way_ends_with_coming_there_and_a_cancelled_pass_stays_so() -> None:
    assert (
        state_of(Asked(IN, one_way=True), None, FiveMinutes(), minute(900), LIMITS).state is PassState.ARRIVED
    )
    assert (
        state_of(Asked(OUT, cancelled=True), None, FiveMinutes(), minute(900), LIMITS).state
        is PassState.CANCELLED
    )


def test_ways_that_lead_to_one_place_at_one_time_are_seen_before_anybody_is_there() -> None:
    speeds, ahead = FiveMinutes(), timedelta(minutes=15)
    ana = Way(1, 11, (CELL, YARD, SHOP), minute(0), None, minute(60))
    bea = Way(2, 12, (CHAPEL, SHOP), minute(0), minute(4), minute(60))
    coming, around = stays_of(ana, speeds, minute(0)), stays_of(bea, speeds, minute(0))
    first = meetings(coming, around, {SHOP}, ahead, minute(0))[0]
    assert (first.zone_id, first.at) == (SHOP, minute(2))
    assert meetings(coming, around, {YARD}, ahead, minute(0)) == []
    assert meetings(coming, around, {SHOP}, timedelta(minutes=1), minute(0)) == [], (
        "too far ahead to tell anybody"
    )
    sitting = [Stay(2, 0, SHOP, minute(0), minute(1_000))]
    assert meetings(coming, sitting, {SHOP}, ahead, minute(0))[0].at == minute(2)
    gone = [Stay(2, 0, SHOP, minute(-20), minute(1))]
    assert meetings(coming, gone, {SHOP}, ahead, minute(0)) == [], "left before the other can be there"
