"""Publications: drafted, controlled, frozen by somebody else, and then for ever as they are."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from hub.accounts.records import AuditEntry
from hub.custody.rules import Sex
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.statistics.periods import Period, period_of
from hub.statistics.publishing.drafting import draft
from hub.statistics.publishing.freezing import drop, freeze, is_genuine, signer_of
from hub.statistics.publishing.reading import (
    State,
    files_of,
    frozen,
    published_figures,
    standing,
    standings,
)

from .publishing_world import ABEL, DECEMBER, DORA, YEAR, drafted, prison_of, published
from .site_world import World
from .statistics_world import at


def lines(world: World, number: int) -> list[dict[str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        held = {one.name: one.content for one in files_of(session, number)}
    return list(csv.DictReader(io.StringIO(held["figures.csv"])))


def test_a_draft_is_frozen_by_somebody_else_and_signed(world: World) -> None:
    prison_of(world)
    number, key = drafted(world), signer_of(world.vault)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as refused:
        freeze(session, number, actor=DORA, at=world.at, key=key)
    assert refused.value.code == "same_person"
    with session_scope(world.sessions) as session:
        freeze(session, number, actor=ABEL, at=world.at, key=key)
    with session_scope(world.sessions, writes=False) as session:
        found = standing(session, number)
        assert found is not None
        assert found.state is State.FROZEN
        assert found.act is not None
        sums = files_of(session, number)[-1].content
        assert is_genuine(found.act, sums)
        assert not is_genuine(found.act, sums.replace("figures.csv", "figures.txt"))
        acts = {row.act for row in session.query(AuditEntry).filter(AuditEntry.act.like("figures.%"))}
        assert {"figures.draft", "figures.freeze"} <= acts
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as refused:
        drop(session, number, "", actor=ABEL, at=world.at)
    assert refused.value.code == "ended"


@pytest.mark.parametrize("table", ["publications", "publication_acts", "publication_files"])
def test_nothing_of_a_publication_is_ever_changed(world: World, table: str) -> None:
    prison_of(world)
    published(world, DECEMBER)
    with pytest.raises(DatabaseError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_small_numbers_are_withheld_and_noughts_are_not(world: World) -> None:
    prison_of(world)
    found = lines(world, published(world))
    women = [one for one in found if one["INDICATOR"] == "population" and one["SEX"] == "F"]
    assert {one["OBS_VALUE"] for one in women if one["AGE"] == one["LEGAL_STATUS"] == "_T"} == {"6"}
    [remand] = [one for one in women if one["LEGAL_STATUS"] == "REMAND"]
    assert (remand["OBS_VALUE"], remand["OBS_STATUS"], remand["CONF_STATUS"]) == ("", "Q", "C")
    house = {"capacity", "average_population", "counts_cleared", "passes", "hearings_unanswered"}
    people = [
        one for one in found if one["UNIT_MEASURE"] in ("people", "events") and one["INDICATOR"] not in house
    ]
    assert not [one for one in people if one["OBS_VALUE"] in ("1", "2", "3", "4")]
    assert [one for one in people if one["OBS_VALUE"] == "0"]


def test_what_is_kept_is_what_was_published(world: World) -> None:
    prison_of(world)
    number = published(world)
    with session_scope(world.sessions, writes=False) as session:
        [row] = frozen(session, "2025")
        figures = published_figures(row)
    assert figures.cube("population").cell("2025").value == 36
    assert figures.cube("population", "SEX", "LEGAL_STATUS").cell("2025", "F", "REMAND").held is not None
    assert all(cell.count == 0 for cube in figures.cubes.values() for cell in cube.cells.values())
    assert row.id == number


def test_a_revision_says_why_and_the_old_one_stays(world: World) -> None:
    register = prison_of(world)
    first = published(world)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as refused:
        draft(session, YEAR, why=" ", actor=DORA, at=world.at)
    assert refused.value.code == "no_reason"
    for one in range(8):
        register.admit(at("2025-12-10"), known=world.at, born=date(1960 + one, 1, 1))
    world.at += timedelta(hours=1)
    second = published(world, why="Eight admissions were recorded late.")
    with session_scope(world.sessions, writes=False) as session:
        assert [(row.id, row.revision) for row in frozen(session, "2025")] == [(first, 1), (second, 2)]
        assert published_figures(frozen(session)[0]).cube("population").cell("2025").value == 36
        assert published_figures(frozen(session)[1]).cube("population").cell("2025").value == 44
        assert [row.id for row in frozen(session, known_at=world.at - timedelta(minutes=30))] == [first]


def test_one_person_recorded_late_is_not_shown_by_subtracting(world: World) -> None:
    register = prison_of(world)
    published(world)
    register.admit(at("2025-12-10"), known=world.at, sex=Sex.FEMALE, born=date(1950, 1, 1))
    world.at += timedelta(hours=1)
    number = published(world, why="One admission was recorded late.")
    with session_scope(world.sessions, writes=False) as session:
        row = frozen(session, "2025")[-1]
        figures = published_figures(row)
    assert (row.id, figures.cube("population").cell("2025").value) == (number, 37)
    for name in ("population.SEX", "population.AGE", "admissions.SEX"):
        held = [cell.held for key, cell in figures.cubes[name].cells.items() if "_T" not in key]
        assert {one.code if one else "" for one in held} == {"as_earlier"}, name
    for name in ("population.CITIZENSHIP", "population.DISTRICT"):
        # Whoever is in no district yet: the one who came late was none of theirs, but stands in "not known".
        assert figures.cubes[name].cells[("2025", "_U")].held is not None, name


def test_a_second_draft_waits_for_the_first_to_be_looked_at(world: World) -> None:
    prison_of(world)
    one, other = drafted(world, DECEMBER), drafted(world)
    key = signer_of(world.vault)
    with session_scope(world.sessions) as session:
        freeze(session, one, actor=ABEL, at=world.at, key=key)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as refused:
        freeze(session, other, actor=ABEL, at=world.at, key=key)
    assert refused.value.code == "out_of_date"
    with session_scope(world.sessions) as session:
        drop(session, other, "out of date", actor=ABEL, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert [found.state for found in standings(session)] == [State.DROPPED, State.FROZEN]


def test_parts_that_do_not_make_their_whole_hold_a_publication(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded fault is a release that the reckoning of the flow does not see."""
    prison_of(world)
    monkeypatch.setattr("hub.statistics.indicators.computing.population.ended_at_large", lambda *_: 1)
    number = drafted(world)
    with session_scope(world.sessions) as session:
        found = standing(session, number)
        assert found is not None
        assert found.state is State.HELD
        assert "one of them is wrong" in str(found.reasons[0])
        with pytest.raises(RefusedError) as refused:
            freeze(session, number, actor=ABEL, at=world.at, key=signer_of(world.vault))
    assert refused.value.code == "held"


@pytest.mark.parametrize(
    ("period", "code"),
    [(period_of("2026-02"), "not_over"), (Period(date(2025, 1, 5), date(2025, 2, 5)), "no_such_period")],
)
def test_only_whole_years_and_months_that_are_over(world: World, period: Period, code: str) -> None:
    world.at = at("2026-02-01")
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as refused:
        draft(session, period, why="", actor=DORA, at=world.at)
    assert refused.value.code == code


def test_the_same_facts_make_the_same_bytes(world: World) -> None:
    prison_of(world)
    with session_scope(world.sessions, writes=False) as session:
        made = []
        for number in (drafted(world, known_at=world.at), drafted(world, known_at=world.at)):
            made.append([one.content for one in files_of(session, number)])
    assert made[0] == made[1]
