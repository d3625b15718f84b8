"""Since which day a cell has its places: said on the page, kept, and what figures of earlier days count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.movements.cells.defining import CellDraft, define_cell, set_out_of_order
from hub.movements.cells.reading import cell_of
from hub.movements.cells.records import CellTerms
from hub.sentences import RefusedError
from hub.statistics.periods import period_of
from hub.statistics.remembered import Remembered

from .site_world import World, post
from .statistics_world import Register, at

ROSA = Actor("rosa", "10.0.0.1")


ZONE = "block-a"


@pytest.fixture
def register(world: World) -> Register:
    world.site()
    return Register(world)


def say(register: Register, code: str, places: int, known: str, since: str | None = None) -> None:
    on = None if since is None else date.fromisoformat(since)
    draft = CellDraft(code, code, "A", "1", ZONE, places, effective_on=on)
    with session_scope(register.world.sessions) as session:
        define_cell(session, draft, reason="measured", actor=ROSA, at=at(known))


def capacities(register: Register, *codes: str, known: str | None = None) -> list[object]:
    periods = [period_of(code) for code in codes]
    figures = register.figures(*periods, known=None if known is None else at(known))
    return [figures.cube("capacity").cell(one).value for one in periods]


def test_occupancy_of_an_earlier_day_counts_the_places_of_that_day(register: Register) -> None:
    say(register, "p4-1", 10, "2025-03-01")
    say(register, "p4-2", 4, "2026-02-10", since="2025-06-15")
    say(register, "p4-1", 6, "2026-03-01")
    wanted = ("2025-02", "2025-03", "2025-06-14", "2025-06-15", "2026-02", "2026-03")
    assert capacities(register, *wanted) == [None, 10, 10, 14, 14, 10]
    # What was recorded in February 2026 of the year before was not known at the end of 2025.
    assert capacities(register, "2025-06-15", "2025-11", known="2025-12-31") == [10, 10]
    # A measure that was wrong from the start: what is said last counts from its day on, also over what came between.
    say(register, "p4-1", 8, "2026-04-01", since="2025-01-01")
    assert capacities(register, "2025-01", "2025-03", "2026-03") == [8, 8, 12]
    assert capacities(register, "2025-03", known="2026-03-31") == [10]


def test_a_cell_out_of_order_has_no_places_from_then_on(register: Register) -> None:
    say(register, "p4-1", 10, "2025-03-01")
    say(register, "p4-2", 5, "2025-03-01")
    with session_scope(register.world.sessions) as session:
        cell = cell_of(session, "p4-1")
        assert cell is not None
        set_out_of_order(session, cell, True, reason="water", actor=ROSA, at=at("2025-07-01"))
    assert capacities(register, "2025-06", "2025-07") == [15, 5]


def test_figures_that_were_just_computed_are_computed_anew_when_a_cell_changes(register: Register) -> None:
    remembered, when = Remembered(), register.world.at

    def capacity() -> object:
        with session_scope(register.world.sessions, writes=False) as session:
            return remembered.of_year(session, 2025, None, when).cube("capacity").cell("2025").value

    say(register, "p4-1", 10, "2025-03-01")
    assert capacity() == 10
    say(register, "p4-1", 7, "2026-03-01", since="2025-06-01")
    assert capacity() == 7


def test_the_day_is_not_one_to_come_and_saying_it_again_adds_nothing(register: Register) -> None:
    with pytest.raises(RefusedError, match="not one to come"):
        say(register, "p4-1", 10, "2025-03-01", since="2025-03-02")
    with pytest.raises(RefusedError, match="not one to come"):
        say(register, "p4-1", 10, "2025-03-01", since="1625-03-01")
    say(register, "p4-1", 10, "2025-03-01")
    for _ in range(2):
        say(register, "p4-1", 10, "2025-04-01", since="2024-01-01")
    say(register, "p4-1", 10, "2025-04-02")
    with session_scope(register.world.sessions, writes=False) as session:
        rows = session.scalars(select(CellTerms.effective_on).order_by(CellTerms.id)).all()
    assert rows[-2:] == [None, date(2024, 1, 1)]


def test_the_page_asks_for_the_day_and_shows_it(register: Register) -> None:
    world = register.world
    page = world.browser("sam", Role.SHIFT_SUPERVISOR)
    form = {
        "code": "p4-9", "name": "Nine", "block": "A", "tier": "1", "zone": ZONE, "certified": "2", "working": "2",
        "maximum": "2", "reason": "new bunks",
    }  # fmt: skip
    assert post(page, "/cells/new", form | {"since": "last spring"}).status_code == 409
    later = (world.at + timedelta(days=2)).date().isoformat()
    refused = post(page, "/cells/new", form | {"since": later})
    assert refused.status_code == 409
    assert f'value="{later}"' in refused.text
    assert post(page, "/cells/new", form | {"since": "2026-01-05"}).status_code == 303
    assert "so since 5 Jan 2026" in " ".join(page.get("/cells/p4-9").text.split())
