"""One site or all of them, where each line of the screen is, and the roll traced back to the last cleared count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.control_room.belonging import ALL_SITES, Belonging
from hub.control_room.lines import Roll
from hub.control_room.need import Need
from hub.control_room.picture import Viewer, look, sections
from hub.control_room.roll_line import Everybody, Out, Seen
from hub.control_room.siting import Sites, located
from hub.custody.actions import open_booking_of
from hub.database import session_scope
from hub.movements.alarms.raising import Cause, raise_alarm
from hub.movements.orders.actions import give
from hub.movements.records import Site, Zone
from wire.orders import OrderKind

from .count_world import CORA, Prison
from .count_world import prison as two_blocks
from .site_world import NOON, World

SITES = Sites(
    ("main", "farm"), {"yard": "main", "dairy": "farm", "gate": "main"}, {"dairy-in": "farm", "x-in": "main"}
)


@pytest.mark.parametrize(
    ("need", "zones", "sites"),
    [
        (Need("a", "alarm", 1, "x"), (), ()),
        (
            Need("a", "alarm", 1, "x", zones=["yard", "dairy", "yard"]),
            ("yard", "dairy", "yard"),
            ("main", "farm"),
        ),
        (Need("a", "alarm", 1, "x", checkpoint="dairy-in"), (), ("farm",)),
        (Need("a", "alarm", 1, "x", zones=["yard"], checkpoint="dairy-in"), ("yard",), ("main",)),
        (Need("a", "alarm", 1, "x", person="P-1"), ("dairy",), ("farm",)),
        (Need("a", "alarm", 1, "x", person="P-9"), (), ()),
        (Need("a", "alarm", 1, "x", zones=["closed"]), ("closed",), ()),
    ],
)
def test_where_a_line_is_and_at_which_sites(
    need: Need, zones: tuple[str, ...], sites: tuple[str, ...]
) -> None:
    found = located(need, SITES, {"P-1": "dairy"})
    assert (tuple(found.zones), found.sites) == (zones, sites)


def test_everybody_of_a_site_and_who_of_them_is_at_another() -> None:
    seen = {1: Seen("BLOCK", NOON, "main"), 2: Seen("BLOCK", NOON, "main"), 3: Seen("BLOCK", NOON, "farm")}
    all_of_them = Everybody({1, 2, 3, 4}, seen, {4: Out("court", NOON, overdue=True)})
    homes = {1: "main", 2: "farm", 3: "farm", 4: "farm"}
    farm = all_of_them.of("farm", lambda person: homes[person])
    assert (farm.inside, {one: place.elsewhere for one, place in farm.seen.items()}, [*farm.away]) == (
        {2, 3, 4},
        {2: True, 3: False},
        [4],
    )


def roll_of(prison: Prison, site: str = ALL_SITES) -> Roll:
    with session_scope(prison.world.sessions, writes=False) as session:
        return look(session, prison.world.at, Belonging()).rolls[site]


def test_the_unlock_roll_is_that_of_the_last_cleared_count_and_shows_what_was_entered_behind_it(
    world: World,
) -> None:
    prison = two_blocks(world)
    assert (roll_of(prison).count, roll_of(prison).counted_at) == (0, None), "nobody has counted yet"
    number = prison.counting()
    prison.slip(number, "a", 3)
    prison.slip(number, "b", 2)
    assert roll_of(prison).count == 0, "a count that goes on says nothing"
    prison.lead(number, "clear")
    roll = roll_of(prison)
    assert (roll.count, roll.unlock, roll.unlock_difference) == (number, 5, 0)
    world.later(hours=1)
    late = world.person("Late")
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, late.id)
        assert booking is not None
        booking.admitted_at = world.at - timedelta(hours=3)
    assert (roll_of(prison).in_custody, roll_of(prison).unlock_difference) == (6, -1)
    world.later(days=1)
    assert roll_of(prison).count == 0, "no roll is traced back for longer than a day"


def test_two_sites_have_a_roll_each_and_orders_stand_on_their_zones(world: World) -> None:
    prison = two_blocks(world)
    with session_scope(world.sessions) as session:
        farm = Site(code="farm", name="Farm", sort=9)
        session.add(farm)
        session.flush()
        session.add(Zone(code="dairy", name="Dairy", kind="WORKSHOP", site_id=farm.id, sort=99))
        give(session, OrderKind.LOCKDOWN, reason="Fire", actor=CORA, now=world.at, zones=["dairy"])
        raise_alarm(session, Cause("impossible_travel", "x", person_id=prison.people[0].id), world.at)
    assert [roll_of(prison, site).in_custody for site in (ALL_SITES, "main", "farm")] == [5, 5, 0]
    with session_scope(world.sessions, writes=False) as session:
        shown = sections(session, look(session, world.at), Viewer("en"))
    assert {code: line.order for code, line in shown["zones"].items() if line.order} == {"dairy": "LOCKDOWN"}
    assert [need.sites for need in shown["needs"].values() if need.order] == [("farm",)]
