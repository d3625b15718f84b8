"""Accounts in a real browser: a security key, a second factor at the door, and pages that everybody can use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade

from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served, signed_in
from .reader import Reader

REASON = "Found on the floor of the yard, and the clinic does not answer."


@dataclass(frozen=True)
class Serving:
    """A world and the address of its site."""

    world: World
    address: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    world.site()
    with served(world.app()) as address:
        yield Serving(world, address)
    engine.dispose()


def give_key(page: Page) -> None:
    """A key that its owner touches at once, as Chromium's own tests plug one in."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_security_key_is_registered_and_opens_the_door(site: Serving, browser: Browser) -> None:
    site.world.account("rita", Role.RECORDS_OFFICER)
    page = signed_in(new_window(browser, 1280, 900), site.address, "rita")
    give_key(page)
    page.goto(f"{site.address}/account/key")
    page.fill("#label", "blue key")
    page.click("[data-security-key]")
    page.wait_for_selector("ol.codes")
    assert page.locator("ol.codes li").count() == 10
    page.goto(f"{site.address}/account")
    page.get_by_role("button", name="Sign out").first.click()
    signed_in(page, site.address, "rita")
    assert page.url.endswith("/second-factor")
    assert Reader().faults(page) == []
    page.click("[data-security-key]")
    page.wait_for_url(f"{site.address}/people")
    page.context.close()


@pytest.mark.long
def test_nothing_serious_stands_against_any_page_of_accounts(site: Serving, browser: Browser) -> None:
    world = site.world
    person = world.person()
    for login, role in (
        ("ada", Role.ADMINISTRATOR),
        ("olga", Role.OFFICER),
        ("dan", Role.DIRECTOR),
    ):
        world.account(login, role)
    addresses = {
        "olga": ("/break-glass", "/account", "/account/app", "/account/key"),
        "dan": ("/emergencies", "/emergencies/1", "/permissions"),
        "ada": ("/accounts", "/accounts/new", "/accounts/1", "/confirm?next=/accounts"),
    }
    page = new_window(browser, 1280, 900)
    for address in ("/login", "/reset"):
        page.goto(site.address + address)
        assert Reader().faults(page) == [], address
    page.context.close()
    for login, pages in addresses.items():
        page = signed_in(new_window(browser, 800, 900), site.address, login)
        if login == "olga":
            page.goto(f"{site.address}/break-glass?person={person.number}")
            page.fill("#reason", REASON)
            page.click("main button[type=submit]")
            page.wait_for_url(f"{site.address}/people/{person.number}")
        for address in pages:
            page.goto(site.address + address)
            assert Reader().faults(page) == [], address
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, address
        page.context.close()
