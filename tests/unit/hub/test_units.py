"""Units at the hub: who has each one, what they signed for, and what is hidden while a count is blind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.headcount.leading import Asked, announce
from hub.movements.records import Zone
from hub.movements.site.tree import load
from hub.units.picture import units_at
from hub.units.shifts import Source, Taken, history, holders, note_shift
from wire.happenings import CountKind

from .site_world import World

UNIT = "block-a"


def take(
    world: World, officer: str, sequence: int, *, ago_s: int = 0, seen: int = 1, known: int | None = 1
) -> bool:
    source = Source("a-1", b"j" * 16, sequence, world.at - timedelta(seconds=ago_s), clock_sure=True)
    with session_scope(world.sessions) as session:
        return note_shift(session, Taken(UNIT, officer, None, seen, "keys 3"), source, known, world.at)


@pytest.fixture
def unit(world: World) -> World:
    world.site()
    with session_scope(world.sessions) as session:
        session.execute(update(Zone).where(Zone.code == UNIT).values(is_unit=True))
    return world


def test_whoever_took_it_over_last_has_it_however_late_the_hub_hears(unit: World) -> None:
    assert take(unit, "gomez", 1)
    assert take(unit, "tillett", 2, ago_s=3_600)  # from before, heard after
    assert not take(unit, "gomez", 1)  # delivered twice
    with session_scope(unit.sessions, writes=False) as session:
        assert holders(session)[UNIT].officer == "gomez"
        assert [one.officer for one in history(session, UNIT)] == ["gomez", "tillett"]


def test_the_page_is_for_those_who_see_counts(unit: World) -> None:
    assert unit.stranger().get("/units").status_code in (302, 401)
    assert unit.browser("tom", Role.TECHNICIAN).get("/units").status_code == 403
    assert unit.browser("sue", Role.SHIFT_SUPERVISOR).get("/units/nowhere").status_code == 404


def test_a_number_that_differs_from_the_hubs_stands_beside_it(unit: World) -> None:
    take(unit, "gomez", 1, seen=118, known=117)
    page = unit.browser("sue", Role.SHIFT_SUPERVISOR)
    for path in ("/units", f"/units/{UNIT}"):
        text = page.get(path).text
        assert "118" in text
        assert "the hub had 117" in text
        assert "keys 3" in text


def test_while_a_count_is_blind_an_officer_reads_no_total(unit: World) -> None:
    take(unit, "gomez", 1, seen=118)
    with session_scope(unit.sessions) as session:
        announce(session, Asked(CountKind.FORMAL), actor=OPERATOR, at=unit.at)
    officer, lead = unit.browser("olga", Role.OFFICER), unit.browser("sue", Role.SHIFT_SUPERVISOR)
    for path in ("/units", f"/units/{UNIT}"):
        told = officer.get(path)
        assert told.status_code == 200
        assert "118" not in told.text
        assert "hidden: a count is open" in told.text
        assert "118" in lead.get(path).text


def test_a_terminal_counts_the_units_on_its_sides_and_places_where_people_are_sent(unit: World) -> None:
    with session_scope(unit.sessions, writes=False) as session:
        tree = load(session)
        codes = {node.code: node.id for node in tree.zones()}
        sides = units_at(tree, [codes[UNIT], *(zone for code, zone in codes.items() if code != UNIT)])
    assert sides[0] == UNIT
    assert "yard" not in sides  # nobody is counted on the way
