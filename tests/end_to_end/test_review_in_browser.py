"""Making the review in a real browser: how far it is is seen, and the page leads on to it when it is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import event

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions, session_scope
from hub.statistics.review.making import Maker, ask
from hub.statistics.review.records import ReviewMaking

from ..databases import new_database
from ..unit.hub.conftest import hurry
from ..unit.hub.review_world import WRITER, year_world
from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served, signed_in


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("site")
    engine = make_engine(new_database(folder, migrated=True))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurry)
    made = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    year_world(made)
    made.account("rosa", Role.RECORDS_OFFICER)
    yield made
    made.close()


@pytest.fixture
def page(world: World, browser: Browser) -> Iterator[Page]:
    with served(world.app()) as address:
        window = new_window(browser, 800, 480, address=address)
        faults: list[str] = []
        window.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        window.on("pageerror", lambda error: faults.append(str(error)))
        yield signed_in(window, address, "rosa")
        assert faults == []


def test_who_asks_for_it_comes_to_it(page: Page) -> None:
    page.goto("/review")
    page.get_by_role("button", name="Make the review").click()
    expect(page.get_by_role("heading", name="Data Policy Review 2026")).to_be_visible()
    expect(page.get_by_role("img", name="Population at the end of each month")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_page_follows_a_maker_elsewhere_and_leads_on_when_it_is_through(world: World, page: Page) -> None:
    with session_scope(world.sessions) as session:
        row = ask(session, 2025, "", actor=WRITER, at=world.at)
        row.runner, row.beat_at, row.part, row.done, row.total = "elsewhere", world.at, "files", 400, 1_200
        number = row.id
    page.goto(f"/review/making/{number}")
    expect(page.get_by_text("400 of 1200")).to_be_visible()
    with session_scope(world.sessions) as session:
        session.get_one(ReviewMaking, number).done = 800
    expect(page.get_by_text("800 of 1200")).to_be_visible()
    with session_scope(world.sessions) as session:
        session.get_one(ReviewMaking, number).beat_at = None  # its process is no more
    elsewhere = Maker(world.sessions, lambda: world.at)
    elsewhere.go(number)
    elsewhere.wait(number)
    expect(page.get_by_role("heading", name="Data Policy Review 2025")).to_be_visible()
