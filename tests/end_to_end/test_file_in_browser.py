"""The file in a real browser: a fact is corrected with the keyboard alone, and everybody can use the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade
from hub.web.formats import SITE_ZONE

from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served, signed_in
from .reader import Reader

FILE = "/people/P-000001"
MOST_TABS = 120


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A records officer before the file of somebody."""
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    world.site()
    world.person("Novelo", "Ana")
    world.account("rita", Role.RECORDS_OFFICER)
    with served(world.app()) as address:
        shown = signed_in(new_window(browser, 1280, 900, address=address), address, "rita")
        yield shown
        shown.context.close()
    engine.dispose()


def tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached with the keyboard.")


def test_a_name_is_corrected_with_the_keyboard_alone(page: Page) -> None:
    page.goto(FILE)
    tab_to(page, ".told .evidence")
    page.keyboard.press("Enter")
    expect(page.locator("#evidence[open] h2")).to_have_text("Name, birth and sex")
    tab_to(page, '#evidence a[href$="/correct"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/correct")
    tab_to(page, "#f_surname")
    page.keyboard.press("Control+A")
    page.keyboard.type("Nobelo")
    page.keyboard.press("Enter")
    expect(page.locator("#reason-fault")).to_be_visible()
    expect(page.locator("#f_surname")).to_have_value("Nobelo")
    tab_to(page, "#reason")
    page.keyboard.type("as in the passport")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("NOBELO, Ana")
    expect(page.locator(".struck s")).to_have_text("NOVELO, Ana")


@pytest.mark.parametrize(
    ("ending", "width"),
    [
        ("", 1280),
        ("?known={today}", 800),
        # The walk of every page goes past these as well.
        *(
            pytest.param(ending, 800, marks=pytest.mark.long)
            for ending in ("/facts/new/consulate", "/facts/1", "/documents/new")
        ),
    ],
)
def test_everybody_can_use_the_pages(page: Page, ending: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(FILE + ending.format(today=datetime.now(SITE_ZONE).date().isoformat()))
    assert Reader().faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
