"""After the threshold was raised: what was told under the smaller one holds no period for ever, and is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.statistics.control import applying, plan_of, protect
from hub.statistics.control.earlier import Earlier, guard
from hub.statistics.control.linking import link
from hub.statistics.control.suppressing import Pattern
from hub.statistics.control.thresholds import set_k
from hub.statistics.cuts import CUTS
from hub.statistics.periods import period_of
from hub.statistics.publishing.body import read_proof
from hub.statistics.publishing.naming import named_in_words
from hub.statistics.publishing.records import Publication

from .control_world import prison
from .publishing_world import DECEMBER, drafted, prison_of, published
from .site_world import World

YEAR = plan_of(period_of("2026"))
SMALL, RAISED = 5, 12


@pytest.mark.long
def test_what_cannot_be_made_safe_otherwise_is_published_with_less() -> None:
    figures = prison(2, people=300)
    earlier = []
    for code in ("2026-12",):
        one = protect(figures, plan_of(period_of(code)), SMALL, earlier)
        earlier.append(Earlier(len(earlier) + 1, one.values, one.pattern.withheld))
    linked = link(figures, YEAR, RAISED)
    found = applying._poorest(linked, guard(linked, earlier, RAISED), RAISED, {})
    assert isinstance(found, Pattern)
    assert not found.unsafe
    assert {name for name in linked.values if name not in found.withheld} >= {"population|2026-12"}


def test_every_number_has_words() -> None:
    names = link(prison(1, people=300), YEAR, SMALL).values
    for name in names:
        said = named_in_words(name)
        assert str(said.words)
        assert said.period.startswith("202")
        assert len(said.whom) == name.count("=")
    assert str(named_in_words("deaths|2026|AGE=Y_GE18").whom[0]) == str(CUTS["JUVENILE"].categories["ADULT"])


def raised(world: World, k: int) -> None:
    world.at += timedelta(hours=1)
    with session_scope(world.sessions) as session:
        set_k(session, k, date(2025, 1, 1), "The ministry", actor=Actor("dora", "x"), at=world.at)
    world.at += timedelta(hours=1)


def test_the_page_says_in_words_what_was_given_away_before(world: World) -> None:
    prison_of(world)
    raised(world, 3)
    published(world, DECEMBER)
    raised(world, 15)
    number = drafted(world, DECEMBER, "With a larger threshold")
    with session_scope(world.sessions, writes=False) as session:
        row = session.get_one(Publication, number)
        lost = read_proof(row).lost
        assert not row.held
    assert lost
    page = world.browser("abel", Role.DIRECTOR).get(f"/publications/{number}").text
    assert f"gave away: {len(lost)}" in page
    assert str(named_in_words(lost[0]).words) in page
    other = world.browser("maia", Role.AUDITOR).get(f"/publications/{number}")
    assert other.status_code == 200
    assert "gave away" not in other.text
