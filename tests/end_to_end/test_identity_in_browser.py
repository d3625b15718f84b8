"""A request by finger in a real browser: by keyboard from the list to the answer, and each page read with axe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from hub.biometrics.images import write_png
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade
from matching.synthesis import make_finger

from ..unit.hub.forensic_world import Asked, forensic_world, number_of
from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served
from .reader import Reader

PICTURES = os.environ.get("PIMS_PICTURES")
"""A folder for pictures of the pages, for whoever wants to look at them."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asked, str]]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    fingers = {seed: make_finger(seed) for seed in (1, 2)}
    prints = {
        (seed, touch): write_png(one.impression(touch)) for seed, one in fingers.items() for touch in (1, 2)
    }
    made = forensic_world(world, folder / "keys", prints)
    made.officer()
    with served(world.stranger().application) as address:
        yield made, address
    world.close()


def window(asked: Asked, address: str, browser: Browser, size: tuple[int, int], locale: str) -> Page:
    cookie = asked.officer().get_cookie("pims-session")
    assert cookie is not None
    page = new_window(browser, *size, locale=locale)
    page.context.add_cookies([{"name": "pims-session", "value": cookie.value, "url": address}])
    return page


def press(page: Page, where: Locator) -> None:
    """Enter on a link or button, and the page that follows."""
    where.focus()
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")


def seen(page: Page, name: str) -> None:
    """Axe finds nothing, nothing is wider than the window, every picture came."""
    assert Reader().faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{page.viewport_size['width']}.png")  # type: ignore[index]


@pytest.mark.parametrize(("size", "locale"), [((1280, 800), "en-GB"), ((800, 480), "es-BZ")])
def test_from_the_list_to_the_answer_by_keyboard(
    asked: tuple[Asked, str], browser: Browser, size: tuple[int, int], locale: str
) -> None:
    both, address = asked
    number = number_of(both.ask(both.prints[1, 2]))
    page = window(both, address, browser, size, locale)
    page.goto(f"{address}/identity")
    seen(page, "list")
    press(page, page.get_by_role("link", name=number))
    seen(page, "request")
    press(page, page.locator("button[value=search]"))
    seen(page, "candidates")
    press(page, page.locator("a[href*='/compare/1']"))
    seen(page, "compare")
    press(page, page.locator("button[value=identified]"))
    seen(page, "answered")
    assert both.police.get(f"/v1/identity-requests/{number}").get_json()["outcome"] == "identified"


@pytest.mark.parametrize(("size", "locale"), [((1280, 800), "en-GB"), ((800, 480), "es-BZ")])
def test_fingers_for_the_laboratory(
    asked: tuple[Asked, str], browser: Browser, size: tuple[int, int], locale: str
) -> None:
    both, address = asked
    number = number_of(both.ask_prints("P-000001", form="images"))
    page = window(both, address, browser, size, locale)
    page.goto(f"{address}/identity")
    press(page, page.get_by_role("link", name=number))
    press(page, page.locator("a.button[href$='/fingers']"))
    for picture in page.locator("img.print").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    seen(page, "fingers")
    press(page, page.locator("button[value=approve]"))
    seen(page, "approved")
