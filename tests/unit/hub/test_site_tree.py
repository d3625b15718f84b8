"""Zones in zones, ways between them, and the hours at which they may be entered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.movements.site.hours import CurfewHours, closed_zones
from hub.movements.site.rooms import Room, capacity_of, limits
from hub.movements.site.tree import Node, Tree
from hub.movements.site.ways import Graph, Point

BELIZE = timedelta(hours=-6)


def node(
    number: int,
    name: str,
    parent: int | None = None,
    *,
    kind: str = "BLOCK",
    unit: bool = False,
    certified: int | None = None,
    working: int | None = None,
    maximum: int | None = None,
    site: int = 1,
    sort: int = 0,
    closed: bool = False,
) -> Node:
    code = name.lower().replace(" ", "-")
    return Node(
        number, code, name, kind, site, parent, unit, certified, working, maximum, False, False, sort, closed
    )


TREE = Tree(
    [
        node(1, "Yard", kind="MOVEMENT_AREA", sort=9),
        node(2, "Block B", certified=None),
        node(3, "Tier 1", 2, kind="TIER", unit=True, certified=20, working=18, maximum=22, sort=1),
        node(4, "Tier 2", 2, kind="TIER", unit=True, certified=20, sort=2),
        node(5, "B 2-01", 4, kind="CELL"),
        node(6, "Old wing", 2, kind="TIER", unit=True, closed=True),
        node(7, "Farm", kind="WORKSHOP", unit=True, site=2, certified=12),
    ]
)


def test_a_zone_of_any_site_but_the_first_says_which() -> None:
    farm = node(9, "Dairy", site=2)
    tree = Tree([node(1, "Block"), node(3, "Tier", 1), farm], {2: "Farm", 1: "Central"})
    assert [tree.path(one) for one in (3, 9)] == ["Central: Block > Tier", "Dairy"]
    tree = Tree([node(1, "Block"), node(3, "Tier", 1), farm], {7: "Empty", 1: "Central", 2: "Farm"})
    assert [tree.path(one) for one in (3, 9)] == ["Block > Tier", "Farm: Dairy"]
    assert tree.way(9) == "Dairy"


def test_a_zone_is_found_by_where_it_lies() -> None:
    assert TREE.path(5) == "Block B > Tier 2 > B 2-01"
    assert [TREE.unit_of(zone) for zone in (5, 4, 2, 1, 99)] == [4, 4, None, None, None]
    assert TREE.within(2) == {2, 3, 4, 5, 6}
    assert TREE.depth(5) == 2
    assert [one.name for one in TREE.children(2)] == ["Tier 1", "Tier 2"]
    assert TREE.by_code("old-wing") is not None


def test_lists_stand_in_the_order_of_the_site_without_what_is_closed() -> None:
    assert [one.id for one in TREE.zones()] == [2, 3, 4, 5, 1, 7]
    assert [one.id for one in TREE.units(1)] == [3, 4]
    assert [one.id for one in TREE.units()] == [3, 4, 7]


def test_a_ring_of_parents_ends() -> None:
    ring = Tree([node(1, "One", 2), node(2, "Two", 1)])
    assert len(ring.above(1)) == 12
    assert ring.within(1) == {1, 2}
    assert ring.unit_of(1) is None


def test_room_is_what_was_said_or_what_all_parts_say() -> None:
    assert capacity_of(TREE, 3) == Room(20, 18, 22)
    assert capacity_of(TREE, 2) == Room(40, 38, None)
    assert capacity_of(TREE, 1) == Room(None, None, None)
    assert capacity_of(TREE, 4).shown == 20
    assert limits(TREE) == {3: 22}


YARD, BLOCK, SHOP, CLINIC, ISLAND = 1, 2, 3, 4, 5
DOORS = Graph.of(
    [
        Point("block-in", YARD, BLOCK, 30),
        Point("block-out", BLOCK, YARD, 25),
        Point("shop-in", YARD, SHOP, 60),
        Point("hatch", BLOCK, SHOP, 100),
        Point("clinic-in", SHOP, CLINIC),
    ]
)


def test_the_shortest_way_goes_past_checkpoints_and_back_by_the_same_door() -> None:
    way = DOORS.way(BLOCK, CLINIC)
    assert way is not None
    assert [(step.checkpoint, step.back) for step in way] == [
        ("block-out", False), ("shop-in", False), ("clinic-in", False),
    ]  # fmt: skip
    home = DOORS.way(CLINIC, BLOCK)
    assert home is not None
    assert [(step.checkpoint, step.back) for step in home] == [
        ("clinic-in", True), ("shop-in", True), ("block-in", False),
    ]  # fmt: skip
    assert DOORS.zones_on(CLINIC, BLOCK) == [CLINIC, SHOP, YARD, BLOCK]


def test_nobody_is_faster_than_what_was_measured() -> None:
    assert DOORS.at_least_s(BLOCK, SHOP) == 85
    assert DOORS.at_least_s(BLOCK, CLINIC) == 85  # the last passage was not measured and proves nothing
    assert DOORS.at_least_s(YARD, YARD) == 0
    assert DOORS.at_least_s(YARD, ISLAND) is None
    assert DOORS.way(YARD, ISLAND) is None
    assert DOORS.zones_on(YARD, ISLAND) == [YARD, ISLAND]
    assert DOORS.way(YARD, YARD) == []


def test_what_leads_where() -> None:
    assert DOORS.beside(YARD) == {BLOCK, SHOP}
    assert DOORS.into(BLOCK) == ["block-in"]


POINTS = st.lists(
    st.builds(
        Point,
        st.uuids().map(str),
        st.integers(1, 6),
        st.integers(1, 6),
        st.none() | st.integers(0, 300),
    ).filter(lambda one: one.from_zone != one.to_zone),
    max_size=12,
)


@given(points=POINTS, start=st.integers(1, 6), end=st.integers(1, 6))
def test_a_way_leads_from_its_start_to_its_end_past_doors_that_are_there(
    points: list[Point], start: int, end: int
) -> None:
    doors = Graph.of(points)
    way = doors.way(start, end)
    known = {one.code: {one.from_zone, one.to_zone} for one in points}
    assert (way is None) == (doors.at_least_s(start, end) is None)
    place = start
    for step in way or []:
        assert (step.from_zone, {step.from_zone, step.to_zone}) == (place, known[step.checkpoint])
        place = step.to_zone
    assert way is None or place == end
    fastest = doors.at_least_s(start, end)
    assert way is None or fastest is None or fastest <= sum(step.walk_s or 0 for step in way)
    assert (doors.way(end, start) is None) == (way is None)  # who comes in gets out


NIGHT = CurfewHours("night", "Night", 1, ("block-a",), 21 * 60, 5 * 60, frozenset({0, 1, 2, 3, 4}))
SCHOOL = CurfewHours("school", "School", 1, ("block-a", "yard"), 9 * 60, 11 * 60, frozenset({5}))


@pytest.mark.parametrize(
    ("day", "clock", "kept"),
    [
        (23, "20:59", False), (23, "21:00", True), (24, "04:59", True), (24, "05:00", False),
        (28, "04:00", True),  # Friday's night goes on into Saturday
        (28, "22:00", False),  # and Saturday has none
        (30, "04:00", False),
    ],
)  # fmt: skip
def test_a_curfew_over_midnight_belongs_to_the_day_on_which_it_begins(
    day: int, clock: str, kept: bool
) -> None:
    hours, minutes = map(int, clock.split(":"))
    here = datetime(2026, 11, day, hours, minutes, tzinfo=UTC) - BELIZE  # 23 November 2026 is a Monday
    assert NIGHT.holds(here) is kept


def test_zones_are_closed_by_whichever_curfew_holds() -> None:
    saturday = datetime(2026, 11, 28, 10, 0, tzinfo=UTC) - BELIZE
    assert closed_zones([NIGHT, SCHOOL], saturday) == {"block-a": SCHOOL, "yard": SCHOOL}
