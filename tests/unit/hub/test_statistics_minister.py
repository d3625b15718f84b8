"""Pages of publications, and the one for ministers: what stands on it was published, and nothing else."""

from __future__ import annotations

import re

import pytest

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.statistics.periods import period_of
from hub.statistics.publishing.reading import State, standings

from .publishing_world import DECEMBER, YEAR, drafted, prison_of, published
from .site_world import World, post


def test_who_reads_no_figures_gets_none_of_them(world: World) -> None:
    officer = world.browser("otto", Role.OFFICER)
    for page in ("/figures/glance", "/publications", "/publications/1", "/publications/1/files/figures.csv"):
        assert officer.get(page).status_code == 403, page


def test_before_the_first_publication_both_pages_say_what_to_do(world: World) -> None:
    director = world.browser("dora", Role.DIRECTOR)
    assert "Nothing has been published yet" in director.get("/figures/glance").text
    assert "Draft a year or a month that is over" in director.get("/publications").text
    assert director.get("/publications/7").status_code == 404


def test_a_draft_is_made_on_the_page_and_frozen_by_another(world: World) -> None:
    prison_of(world)
    director = world.browser("ella", Role.DIRECTOR)
    answer = post(director, "/publications", {"period": "2025-12", "why": ""}, page="/publications")
    assert answer.status_code == 303
    page = director.get("/publications/1").text
    assert "A draft of ella" in page
    assert "Freeze and publish" not in page, "not by the one who drafted it"
    answer = post(director, "/publications/1/freeze", {}, page="/publications/1")
    assert (answer.status_code, "Somebody else" in answer.text) == (409, True)
    other = world.browser("dan", Role.DIRECTOR)
    assert "Freeze and publish" in other.get("/publications/1").text
    assert post(other, "/publications/1/freeze", {}, page="/publications/1").status_code == 303
    page = other.get("/publications/1").text
    assert "Published by dan" in page
    assert "The signature holds." in page
    assert other.get("/publications/1/files/SHA256SUMS.sig").data != b""
    assert other.get("/publications/1/files/figures.csv").mimetype == "text/csv"
    assert other.get("/publications/1/files/passwd").status_code == 404


@pytest.mark.parametrize(
    ("period", "said"), [("2025-13", "Write a year as 2025"), ("x", "Write a year"), ("2027", "not over yet")]
)
def test_a_period_that_is_none_leads_to_a_sentence(world: World, period: str, said: str) -> None:
    director = world.browser("dora", Role.DIRECTOR)
    answer = post(director, "/publications", {"period": period, "why": ""}, page="/publications")
    assert answer.status_code == 409
    assert said in answer.text


def test_the_five_numbers_come_from_what_was_frozen(world: World) -> None:
    prison_of(world)
    published(world)
    drafted(world, DECEMBER)
    page = world.browser("dora", Role.DIRECTOR).get("/figures/glance").text
    assert page.count("<svg") >= 3
    assert len(re.findall(r'class="figure"', page)) == 5
    assert '<p class="figure">36 ' in page
    assert "What is not known" in page
    assert "not recorded of 36 of those held" in page
    assert "No number of people from 1 to 4 is given." in page


def test_as_known_before_the_freezing_nothing_was_published(world: World) -> None:
    prison_of(world)
    published(world, YEAR)
    director = world.browser("dora", Role.DIRECTOR)
    assert "Nothing has been published yet" in director.get("/figures/glance?known=2026-01-15").text
    assert "Nothing has been published yet" in director.get("/publications?known=2026-01-15").text
    assert director.get("/publications/1?known=2026-01-15").status_code == 404


def test_held_drafts_stand_on_the_list_with_their_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    prison_of(world)
    monkeypatch.setattr("hub.statistics.indicators.computing.population.ended_at_large", lambda *_: 1)
    number = drafted(world)
    director = world.browser("dan", Role.DIRECTOR)
    assert "one of them is wrong" in director.get("/publications").text
    page = director.get(f"/publications/{number}").text
    assert "Held: this draft cannot be frozen." in page
    assert "Freeze and publish" not in page
    with session_scope(world.sessions, writes=False) as session:
        assert [one.state for one in standings(session)] == [State.HELD]


def test_months_are_words_and_those_without_a_publication_are_marked(world: World) -> None:
    """December and the October before were published, and nothing between."""
    prison_of(world)
    for code in ("2025-10", "2025-12"):
        published(world, period_of(code))
    director = world.browser("dora", Role.DIRECTOR)
    page = director.get("/figures/glance").text
    assert ">Oct 2025<" in page
    assert "2025-10" not in page
    assert "× not published" in page
    assert page.count(">×<") == 2 * 10, "ten of twelve months, on both charts of lines"
    rows = re.findall(r'<th scope="row">(\w+ 2025)</th><td class="number">(.*?)</td>', page)
    assert ("Nov 2025", "not published") in rows
    assert ("Dec 2025", "36") in rows
    spanish = director.get("/figures/glance", headers={"Accept-Language": "es"}).text
    assert ">oct 2025<" in spanish
    assert "× sin publicar" in spanish


def test_the_page_speaks_spanish(world: World) -> None:
    prison_of(world)
    published(world)
    director = world.browser("dora", Role.DIRECTOR)
    page = director.get("/figures/glance", headers={"Accept-Language": "es"}).text
    assert "La prisión de un vistazo" in page
    assert "Quién llegó y quién se fue" in page
