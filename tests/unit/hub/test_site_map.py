"""The map: rooms never overlap and their words stay inside, however many zones there are."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.audit import OPERATOR
from hub.control_room.labels import LETTER, At, Fit, Label, label
from hub.control_room.plan import HEIGHT, LEAST, WIDTH, Room, Way, draw, strip
from hub.control_room.site_map import SiteMap, site_maps
from hub.database import session_scope
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.movements.site.plans.keeping import hand_in, place

from .site_world import World
from .test_site_files import TWO_SITES

ZONES = [f"z{number}" for number in range(24)]
PARENTS = st.dictionaries(st.sampled_from(ZONES), st.sampled_from(ZONES)).map(
    # Only what comes before holds what comes after: no rings.
    lambda found: {inner: outer for inner, outer in found.items() if ZONES.index(outer) < ZONES.index(inner)}
)


def apart(one: Room, other: Room) -> bool:
    return one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y


def inside(one: Room, other: Room) -> bool:
    return (
        other.frame
        and other.x <= one.x
        and one.right <= other.right
        and other.y < one.y
        and one.bottom <= other.bottom
    )


@given(st.integers(0, 24), PARENTS, st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=12))
def test_rooms_stand_beside_or_inside_each_other(
    count: int, parents: dict[str, str], pairs: list[tuple[int, int]]
) -> None:
    zones = ZONES[:count]
    ways = [Way(f"c{number}", f"z{a}", f"z{b}") for number, (a, b) in enumerate(pairs) if a != b]
    plan = draw(zones, ways, parents)
    assert sorted(room.zone for room in plan.rooms) == sorted(zones)
    for room in plan.rooms:
        assert 0 <= room.x < room.right <= WIDTH
        assert 0 <= room.y < room.bottom <= plan.height
    for one, other in combinations(plan.rooms, 2):
        assert apart(one, other) or inside(other, one)
    assert len(plan.doors) == sum(way.to_zone in zones for way in ways)


@pytest.mark.parametrize("count", [1, 4, 9, 16, 30, 60])
def test_sixty_zones_stand_on_one_screen_with_name_and_count(count: int) -> None:
    zones = [f"z{number}" for number in range(count)]
    plan = draw(zones, [])
    assert plan.height == HEIGHT
    for room in plan.rooms:
        assert room.height >= LEAST
        assert label("Workshop", room.width, room.height, taken=28).fit in (Fit.FULL, Fit.SHORT)


def test_a_ring_of_parents_and_a_zone_in_itself_lose_nobody_else() -> None:
    assert {room.zone for room in draw(["a", "b"], [], {"a": "a"}).rooms} == {"a", "b"}


def test_what_no_drawing_shows_stands_in_a_strip_below() -> None:
    rooms = strip([f"z{number}" for number in range(9)], {}, 700)
    assert min(room.y for room in rooms) == 700
    assert max(room.bottom for room in rooms) <= 700 + 2 * LEAST + 10


@given(
    st.text("aeiou BCD", min_size=1, max_size=40),
    st.integers(1, 1200),
    st.integers(1, 700),
    st.booleans(),
    st.integers(0, 4),
)
def test_words_stay_in_their_room_and_clear_of_each_other(
    name: str, width: int, height: int, frame: bool, dots: int
) -> None:
    found = label(name, width, height, frame=frame, taken=dots * 22)
    for at in (found.name_at, found.count_at, found.side_at, found.old_at):
        if at is not None:
            assert 0 <= at.x <= width
            assert at.y - at.size * 0.75 >= 0
            assert at.y <= height
    if found.bar is not None:
        assert found.bar.x + found.bar.width <= width
        assert found.bar.y + found.bar.height <= height
    if found.name_at is not None and found.name:
        right = found.name_at.x + len(found.name) * found.name_at.size * LETTER
        assert right <= width - dots * 22 + 1
    assert lines_are_apart(found)


def lines_are_apart(found: Label) -> bool:
    """Name, count and bar stand one under another."""
    if found.fit not in (Fit.FULL, Fit.SHORT):
        return True
    assert found.name_at is not None
    assert found.count_at is not None
    assert found.bar is not None
    return found.name_at.y <= top(found.count_at) + 3 and found.count_at.y <= found.bar.y


def top(at: At) -> float:
    return at.y - at.size * 0.72


GROUND = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 500">
<rect id="block-b" x="10" y="10" width="500" height="300"/><text x="30" y="40">Block B</text>
<rect id="b-1" x="20" y="60" width="400" height="200"/><text x="900" y="40">North</text></svg>"""


def maps(world: World) -> list[SiteMap]:
    with session_scope(world.sessions, writes=False) as session:
        return site_maps(session)


def test_each_site_has_a_map_of_its_own(world: World) -> None:
    with session_scope(world.sessions) as session:
        import_site(session, read_site(TWO_SITES), actor=OPERATOR, at=world.at)
    world.terminal("dairy-1", "dairy-in")
    central, farm = maps(world)
    assert [(room.zone, room.frame) for room in central.floors[0].rooms] == [
        ("block-b", True),
        ("b-1", False),
    ]
    assert [room.path for room in central.floors[0].rooms] == ["Block B", "Block B > Tier 1"]
    assert {room.zone for room in farm.floors[0].rooms} == {"farm-yard", "dairy"}
    assert [dot.terminal for dot in farm.floors[0].dots] == ["dairy-1"]


def test_a_drawing_is_the_ground_and_nobody_is_missing_from_it(world: World) -> None:
    lonely = TWO_SITES + (
        b'[[zone]]\ncode = "clinic"\nname = "Clinic"\nkind = "CLINIC"\n'
        b'[[checkpoint]]\ncode = "b-in"\nname = "B"\nfrom_zone = "clinic"\nto_zone = "b-1"\n'
    )
    with session_scope(world.sessions) as session:
        import_site(session, read_site(lonely), actor=OPERATOR, at=world.at)
        plan, _ = hand_in(session, "main", "Ground floor", GROUND, actor=OPERATOR, at=world.at)
        place(session, plan.id, "b-in", (420, 100), actor=OPERATOR, at=world.at)
    world.terminal("b-gate", "b-in")
    floor = maps(world)[0].floors[0]
    rooms = {room.zone: room for room in floor.rooms}
    assert {code: room.shape for code, room in rooms.items()} == {"block-b": "s1", "b-1": "s2", "clinic": ""}
    assert rooms["clinic"].y >= 500
    assert floor.height > 500
    assert (rooms["block-b"].frame, rooms["block-b"].label.fit) == (True, Fit.HEAD)
    assert floor.drawing.count("plan-zone") == 2
    assert "North" in floor.drawing
    assert "Block B" not in floor.drawing  # its room says it
    assert [(dot.terminal, dot.x, dot.y) for dot in floor.dots] == [("b-gate", 420, 100)]
    assert rooms["b-1"].label.fit is Fit.FULL
