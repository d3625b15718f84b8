"""Whoever plans at the hub and the gate that decides alone come to the same of the same facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.plan.held import held_plan
from edge.plan.presence import LastSeen, Whereabouts
from edge.plan.rules import Entry, Judged, judge
from hub.custody.life.keep_aparts import Restriction
from hub.movements.passes.apart import Pair, forbidden_zones, meeting_place
from hub.movements.passes.clashes import Apart, Around, Move, Room, clashes
from hub.movements.passes.reading import Pass
from hub.movements.passes.rules import PassState, Trace
from hub.movements.site.hours import CurfewHours
from hub.movements.site.tree import Node, Tree
from hub.roll.gate_plans.gates import Gate
from hub.roll.gate_plans.planning import Everything, gate_pass, plan_of
from wire.happenings import Decision
from wire.versions import Version

AT = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
"""A Monday, 9 in the morning at the site."""
ANN, BEN = "P-000001", "P-000002"
_ZONES = (
    ("yard", "MOVEMENT_AREA", None), ("block-a", "BLOCK", None), ("tier-a", "TIER", 2), ("cell-a1", "CELL", 3),
    ("cell-a2", "CELL", 3), ("block-b", "BLOCK", None), ("workshop", "WORKSHOP", None), ("clinic", "CLINIC", None),
    ("dentist", "CLINIC", 8),
)  # fmt: skip
YARD = 1


def tree(*, needs_pass: bool = True) -> Tree:
    return Tree(
        Node(
            id=number, code=code, name=code, kind=kind, site_id=1, parent_id=above, is_unit=kind == "BLOCK",
            certified=None, working=None, maximum=None, needs_pass=needs_pass, is_locked_at_night=False, sort=number,
            is_closed=False,
        )
        for number, (code, kind, above) in enumerate(_ZONES, 1)
    )  # fmt: skip


def held_pass(to: int) -> Pass:
    """From nine to ten, five minutes before with the early ones, an hour after with the late ones."""
    hour = timedelta(hours=1)
    return Pass(
        id=7, person_id=1, number=ANN, surname="Novelo", given="Ann", from_zone_id=2, to_zone_id=to, reason="WORK",
        escort="NONE", officer="", group=0, series_id=None, from_at=AT, there_at=AT, until_at=AT + hour, one_way=False,
        opens_at=AT - timedelta(minutes=5), back_by_at=AT + hour, late_until_at=AT + 2 * hour, route=(2, YARD, to),
        trace=Trace(), state=PassState.DUE, leg="OUT", state_since=AT, next_at=None, closed_at=None, made_by="sam",
        signed_by="",
    )  # fmt: skip


def at_gate(
    to: int,
    at: datetime,
    *,
    passes: tuple[Pass, ...] = (),
    restriction: Restriction | None = None,
    other_in: int | None = None,
    curfew: CurfewHours | None = None,
    most: int | None = None,
    inside: int = 0,
    permitted: bool = False,
) -> Judged:
    """What the gate from the yard into `to` says of Ann, by the plan that the hub makes for it."""
    site = tree(needs_pass=not permitted)
    codes = {node.id: node.code for node in site.zones()}
    known = Everything(
        tree=site,
        known_until_at=AT + timedelta(days=1),
        all_passes=passes,
        passes={to: tuple(gate_pass(codes, one) for one in passes)},
        pairs=() if restriction is None else (Pair(1, 2, restriction),),
        numbers={1: ANN, 2: BEN},
        curfews=() if curfew is None else (curfew,),
        rooms={} if most is None else {to: most},
        resets={},
        exits=frozenset(),
    )
    gate = Gate(1, "w-1", b"", "w-in", YARD, to, 1, None)
    seen = {} if other_in is None else {BEN: LastSeen(codes[other_in], at - timedelta(minutes=1), sure=True)}
    where = Whereabouts(codes[to], seen, {codes[to]: inside}, at, fresh=True)
    entry = Entry(ANN, permitted, codes[YARD], codes[to], at)
    return judge(entry, held_plan(plan_of(known, gate), Version(1, 1), codes[YARD], codes[to]), where)


def planned(to: int, person: int = 1, number: int = -1) -> Move:
    return Move(
        person,
        (2, YARD, to),
        "WORK",
        AT,
        AT,
        AT + timedelta(hours=1),
        AT + timedelta(hours=1),
        pass_id=number,
    )


def codes_of(move: Move, around: Around, room: Room | None = None) -> set[str]:
    return {one.code for one in clashes(move, around, room or Room("", None, None, ()), date(2026, 5, 4), {})}


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([one for one in Restriction if one is not Restriction.SITE]),
    st.integers(1, len(_ZONES)), st.integers(1, len(_ZONES)),
)  # fmt: skip
def test_two_who_are_kept_apart_are_refused_where_the_planner_was_warned_of_them(
    restriction: Restriction, to: int, other: int
) -> None:
    site = tree()
    apart = Apart(
        BEN, restriction, forbidden_zones(site, restriction), None, (planned(other, 2, 9),),
        meeting_place(site, restriction, to),
    )  # fmt: skip
    warned = "keep_apart" in codes_of(planned(to), Around(in_custody=True, apart=(apart,)))
    said = at_gate(to, AT, passes=(held_pass(to),), restriction=restriction, other_in=other)
    assert (said.rule == "keep_apart") is warned
    assert (said.decision is Decision.REFUSE) is warned
    if restriction is Restriction.BLOCK or other == to:
        either = at_gate(to, AT, passes=(held_pass(to),), restriction=Restriction.SITE, other_in=other)
        assert either.rule == "keep_apart", "not in one prison: nowhere beside the other"


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1439), st.integers(0, 1439), st.frozensets(st.integers(0, 6)), st.integers(0, 7 * 1440))
def test_a_curfew_holds_at_the_gate_in_the_minutes_in_which_it_holds_for_the_planner(
    begin: int, end: int, weekdays: frozenset[int], minute: int
) -> None:
    hours = CurfewHours("night", "Night", 1, ("workshop",), begin, end, weekdays)
    for at in (AT + timedelta(minutes=minute), AT + timedelta(minutes=minute - minute % 1440 + begin)):
        said = at_gate(7, at, curfew=hours, permitted=True)
        assert (said.rule == "curfew") is hours.holds(at)


@pytest.mark.parametrize("minute", [0, 600])
def test_a_curfew_that_ends_as_it_begins_lasts_a_day_for_both(minute: int) -> None:
    hours = CurfewHours("day", "Day", 1, ("workshop",), minute, minute, frozenset({0}))
    for hour in range(48):
        at = AT.replace(hour=6) + timedelta(hours=hour)
        assert (at_gate(7, at, curfew=hours, permitted=True).rule == "curfew") is hours.holds(at)


@settings(max_examples=60, deadline=None)
@given(st.integers(-90, 240), st.integers(0, 6), st.integers(1, 5))
def test_a_pass_opens_the_gate_in_its_time_and_a_full_place_is_full_for_both(
    minute: int, inside: int, most: int
) -> None:
    at, one = AT + timedelta(minutes=minute), held_pass(7)
    said = at_gate(7, at, passes=(one,), most=most, inside=inside)
    others = tuple(planned(7, 10 + count, 20 + count) for count in range(inside))
    full = "over_maximum" in codes_of(planned(7), Around(in_custody=True), Room("", None, most, others))
    if at < one.opens_at:
        assert said.rule == "pass_not_yet"
    elif at > one.late_until_at:
        assert said.rule == "pass_over"
    else:
        assert (said.rule == "zone_full") is full
        assert full or (said.rule == "pass" and ("late" in said.flags) is (at > one.until_at))
