"""As it was known on an earlier day: every page shows it, or says that it shows what holds now."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from hub.accounts.permissions import Role

from .site_world import World

TOLD = re.compile(r"as (?:it was )?known on \S+ ?\S* ?\S*", re.IGNORECASE)
IN_VAIN = "This page shows what holds now: it is not kept for earlier days."
DAY = "2026-11-22"
KEPT = (
    "/people/P-000001",
    "/people/P-000001/release-date",
    "/people/P-000001/facts/1",
    "/docket",
    "/docket/board",
    "/diary",
    "/cells",
    "/policies",
    "/policies/holidays",
)
"""Pages that are had as they were known on any day."""


def test_a_page_of_one_moment_says_that_it_keeps_no_earlier_day(world: World) -> None:
    world.site()
    rita = world.browser("rita")
    assert IN_VAIN in rita.get("/releases", query_string={"known": DAY}).text
    assert IN_VAIN not in rita.get("/releases").text
    assert IN_VAIN not in rita.get("/docket", query_string={"known": DAY}).text


def test_every_page_with_a_day_says_which_it_shows(world: World) -> None:
    world.site()
    world.person()
    pages = {**with_a_day(world.browser("dora", Role.DIRECTOR)), **with_a_day(world.browser("rita"))}
    assert sorted(path for path, page in pages.items() if IN_VAIN not in page and not TOLD.search(page)) == []
    made_of_facts = [path for path, page in pages.items() if IN_VAIN not in page]
    assert set(KEPT) <= set(made_of_facts)


def with_a_day(client: FlaskClient) -> dict[str, str]:
    """Pages that this account can open without knowing an address of something, each asked for an earlier day."""
    rules = client.application.url_map.iter_rules()
    plain = {rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments}
    answers = {path: client.get(path, query_string={"known": DAY}) for path in sorted({*plain, *KEPT})}
    return {
        path: page.text
        for path, page in answers.items()
        if page.status_code == 200 and "</main>" in page.text
    }
