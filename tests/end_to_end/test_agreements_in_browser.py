"""An agreement in a real browser: written, signed by two others, in force, changed, and ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade

from ..unit.hub.sharing_world import open_agencies
from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served, signed_in
from .reader import Reader

PEOPLE = {"rita": Role.RECORDS_OFFICER, "dora": Role.DIRECTOR, "abel": Role.AUDITOR}
TODAY = datetime.now(UTC) - timedelta(hours=6)
TERMS = {
    "title": "Notices of custody",
    "our_party": "Director",
    "their_party": "Commissioner",
    "legal_basis": "Prisons Act, section 9",
    "retention_days": "90",
    "breach_hours": "24",
    "correction_route": "records@prison.test",
    "security": "Mutual TLS",
    "starts_on": f"{TODAY:%Y-%m-%d}",
    "review_on": f"{TODAY + timedelta(days=365):%Y-%m-%d}",
}
NARROW = {"width": 800, "height": 480}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    open_agencies(world)
    for login, role in PEOPLE.items():
        world.account(login, role)
    yield world
    world.close()


@pytest.fixture(scope="module")
def windows(browser: Browser, site: World) -> Iterator[dict[str, Page]]:
    """Everybody at a desk of their own; Rita's is the small screen of a counter."""
    with served(site.app()) as address:
        sizes = {"rita": (800, 480), "dora": (1280, 800), "abel": (1280, 800)}
        found = {
            login: signed_in(new_window(browser, *size, address=address), address, login)
            for login, size in sizes.items()
        }
        yield found
        for page in found.values():
            page.context.close()


def message(page: Page, words: str) -> Locator:
    """The part of the form about one message, opened."""
    part = page.locator("details.exchange", has=page.locator("summary", has_text=words)).first
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    return part


def as_it_should_be(page: Page) -> None:
    """Nothing for axe to find, and nothing wider than the window."""
    assert Reader().faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_written_with_fields_for_each_purpose_and_nothing_lost(windows: dict[str, Page]) -> None:
    rita = windows["rita"]
    rita.goto("/agreements/new/police")
    rita.fill("#code", "police-2027")
    for name, value in (TERMS | {"review_on": TERMS["starts_on"]}).items():
        rita.fill(f"#{name}", value)
    part = message(rita, "Notice of an admission")
    part.get_by_role("combobox").first.select_option("custody_notice")
    part.get_by_role("checkbox", name="Surname").first.check()
    part.get_by_role("button", name="Another purpose").click()
    part = message(rita, "Notice of an admission")
    expect(part.get_by_role("combobox")).to_have_count(2)
    expect(part.get_by_role("checkbox", name="Surname").first).to_be_checked()
    expect(rita.locator("#title")).to_have_value(TERMS["title"])
    part.get_by_role("combobox").nth(1).select_option("public_protection")
    rita.get_by_role("button", name="Write it down").click()
    expect(rita.get_by_role("alert")).to_contain_text(
        ": tick at least one field, or choose no purpose there."
    )
    fault = rita.locator("#review_on-fault")
    expect(fault).to_have_text("The review comes after the start. Check the days.")
    expect(rita.get_by_role("alert")).to_be_focused()
    as_it_should_be(rita)
    rita.get_by_role("alert").get_by_role("link", name="To be reviewed by").press("Enter")
    expect(rita.locator("#review_on")).to_be_focused()
    part.locator("fieldset").nth(1).get_by_role("checkbox").first.check()
    rita.fill("#review_on", TERMS["review_on"])
    rita.get_by_role("button", name="Write it down").click()
    rita.wait_for_url(re.compile("/agreements/police-2027(#|$)"))
    expect(rita.get_by_role("heading", name="Version 1 waits for signatures")).to_be_visible()
    expect(rita.get_by_role("button", name="Sign it")).to_have_count(0)
    as_it_should_be(rita)


def test_two_others_sign_and_it_is_in_force(windows: dict[str, Page]) -> None:
    for login, standing in (("dora", "waits for signatures"), ("abel", "in force")):
        page = windows[login]
        page.goto("/agreements")
        page.get_by_role("row").filter(has_text="police-2027").get_by_role("link").click()
        page.get_by_role("button", name="Sign it").click()
        expect(page.locator(".story > li").first).to_contain_text(f"{login} signed")
        expect(page.locator("main")).to_contain_text(standing)
    expect(windows["abel"].get_by_role("heading", name="waits for signatures")).to_have_count(0)
    windows["dora"].goto("/agreements/police-2027")


def test_the_next_version_shows_what_changes_and_takes_over(windows: dict[str, Page]) -> None:
    rita = windows["rita"]
    rita.goto("/agreements/police-2027")
    rita.get_by_role("link", name="Write the next version").click()
    expect(rita.locator("#legal_basis")).to_have_value(TERMS["legal_basis"])
    rita.fill("#retention_days", "30")
    part = message(rita, "Notice of an admission")
    expect(part.get_by_role("checkbox", name="Surname").first).to_be_checked()
    part.get_by_role("checkbox", name="Surname").first.uncheck()
    part.get_by_role("checkbox", name="Sex").first.check()
    rita.get_by_role("button", name="Write it down").click()
    rita.wait_for_url("**/agreements/police-2027")
    for login in ("dora", "abel"):
        page = windows[login]
        page.goto("/agreements/police-2027")
        changes = page.get_by_role("region", name="What changes").get_by_role("row")
        expect(changes.filter(has_text="They may keep it for")).to_have_text(re.compile(r"90\s*30"))
        expect(changes.filter(has_text="Notice of an admission")).to_have_text(re.compile("Surname\\s*Sex"))
        as_it_should_be(page)
        page.get_by_role("button", name="Sign it").first.click()
        expect(page.locator(".story > li").first).to_contain_text(f"{login} signed")
    story = windows["abel"].locator(".story > li")
    expect(story.filter(has_text="Version 2")).to_contain_text("in force")
    expect(story.filter(has_text="Version 1")).to_contain_text("replaced")


def test_by_keys_alone_one_person_suspends_and_two_end_it(windows: dict[str, Page]) -> None:
    rita = windows["rita"]
    rita.goto("/agreements/police-2027")
    reach(rita, "summary", "Suspend at once")
    rita.keyboard.press("Enter")
    rita.keyboard.press("Tab")
    rita.keyboard.type("Letters with names were lost")
    rita.keyboard.press("Enter")
    expect(rita.locator("main strong").first).to_have_text("suspended")
    for login in ("dora", "abel"):
        page = windows[login]
        page.goto("/agreements/police-2027")
        if login == "dora":
            reach(page, "summary", "End it before its time")
            page.keyboard.press("Enter")
        reach(page, "#reason-end", "")
        page.keyboard.type("A new treaty")
        page.keyboard.press("Enter")
        expect(page.locator(".story")).to_contain_text(f"{login} signed that it ends: A new treaty")
    expect(windows["abel"].locator("main strong").first).to_have_text("ended")
    expect(windows["abel"].get_by_role("link", name="Write the next version")).to_have_count(0)
    rita.goto("/agreements/police-2027")
    expect(rita.get_by_role("heading", name="Change it")).to_have_count(0)


def test_in_spanish_it_fits_the_small_screen_and_axe_finds_nothing(
    browser: Browser, windows: dict[str, Page]
) -> None:
    address = windows["rita"].url.partition("/agreements")[0]
    page = signed_in(new_window(browser, 800, 480, locale="es-BZ", address=address), address, "rita")
    for path in (
        "/agreements",
        "/agreements/new/observatory",
        "/agreements/police-2027",
        "/agreements/police-2027/2",
    ):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "es"
        as_it_should_be(page)
    page.goto("/agreements/new/observatory")
    expect(page.locator("#smallest-hint")).to_contain_text("El centro los dice desde 5")
    page.context.close()


def reach(page: Page, selector: str, words: str) -> None:
    """By the Tab key, as far as it takes."""
    for _ in range(150):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "([at, words]) => document.activeElement.matches(at) && document.activeElement.textContent.includes(words)",
            [selector, words],
        )
        if found:
            return
    raise AssertionError(f"{selector} cannot be reached by keys")
