"""Two files of one person on a list: they stand there once, under the name of the file that leads."""

from __future__ import annotations

from datetime import date, timedelta

from hub.custody.records import Booking
from hub.database import session_scope
from hub.sharing.census.loading import ours
from hub.sharing.census.records import Scope

from .sharing_world import somebody
from .site_world import World
from .test_merging import merge


def shown(world: World) -> list[tuple[str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        found = ours(session, Scope.EVERYBODY, date(2026, 1, 1), world.at + timedelta(hours=1))
        return [(one.number, one.shown) for one in found]


def joined(world: World, lead: str, led: str) -> str:
    """Two files with these surnames, of which the first leads; its number."""
    whose = {name: somebody(world, name) for name in sorted((lead, led))}
    with session_scope(world.sessions) as session:
        session.get_one(Booking, whose[led].booking).released_at = world.at
    with session_scope(world.sessions, writes=False) as session:
        people = [session.get_one(Booking, whose[name].booking).person for name in (lead, led)]
    merge(world, *people)
    return whose[lead].number


def test_the_leading_files_name_counts_though_the_others_was_written_down_later(world: World) -> None:
    number = joined(world, "Abarca", "Zelaya")
    assert shown(world) == [(number, "ABARCA, Ana")]


def test_and_though_it_was_written_down_before(world: World) -> None:
    number = joined(world, "Zelaya", "Abarca")
    assert shown(world) == [(number, "ZELAYA, Ana")]
