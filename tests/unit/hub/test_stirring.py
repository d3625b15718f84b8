"""Desks look again when something was written, when they left something, and now and then."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from hub.database import session_scope
from hub.ingest.stirring import LONGEST_S, Stirring

from .site_world import World


def _write(world: World) -> None:
    with session_scope(world.sessions) as session:
        session.execute(text("INSERT INTO counters (series, last) VALUES ('stirred', 1)"))


@pytest.mark.sqlite
def test_nothing_written_is_not_worth_a_look_before_its_time(world: World) -> None:
    now_s = [100.0]
    stirring = Stirring(world.engine, lambda: now_s[0])
    assert stirring.worth_a_look(more=False)
    with session_scope(world.sessions, writes=False) as session:
        session.execute(text("SELECT count(*) FROM counters"))
    assert not stirring.worth_a_look(more=False)
    now_s[0] += LONGEST_S
    assert stirring.worth_a_look(more=False)
    assert not stirring.worth_a_look(more=False)
    stirring.close()


def test_what_another_connection_commits_is_worth_a_look(world: World) -> None:
    stirring = Stirring(world.engine, lambda: 100.0)
    stirring.worth_a_look(more=False)
    _write(world)
    assert stirring.worth_a_look(more=False)
    stirring.close()


def test_what_was_left_to_do_is_done_at_the_next_look(world: World) -> None:
    stirring = Stirring(world.engine, lambda: 100.0)
    stirring.worth_a_look(more=False)
    assert stirring.worth_a_look(more=True)
    stirring.close()


@pytest.mark.sqlite
def test_each_who_asks_hears_of_it(world: World) -> None:
    one, other = Stirring(world.engine, lambda: 100.0), Stirring(world.engine, lambda: 100.0)
    assert one.worth_a_look(more=False)
    assert other.worth_a_look(more=False)
    _write(world)
    assert one.worth_a_look(more=False)
    assert other.worth_a_look(more=False)
    assert not one.worth_a_look(more=False)
    one.close()
    other.close()
