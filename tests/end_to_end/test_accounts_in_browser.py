"""Accounts in a real browser: a security key, a second factor at the door, and pages that everybody can use."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade

from ..unit.hub.site_world import PASSWORD, World, cheap_passwords
from .reader import Reader

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000
REASON = "Found on the floor of the yard, and the clinic does not answer."


@dataclass
class Serving:
    """The site of a world, on a port of its own; browsers take localhost for a safe place, and keys with it."""

    world: World
    server: BaseWSGIServer

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server.server_port}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    world.site()
    server = make_server("localhost", 0, world.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Serving(world, server)
    server.shutdown()
    thread.join()
    engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM is not None, "Chromium is missing. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def window(browser: Browser, width: int = 1280) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def sign_in(page: Page, site: Serving, login: str) -> None:
    page.goto(f"{site.address}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


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
    page = window(browser)
    sign_in(page, site, "rita")
    give_key(page)
    page.goto(f"{site.address}/account/key")
    page.fill("#label", "blue key")
    page.click("[data-security-key]")
    page.wait_for_selector("ol.codes")
    assert page.locator("ol.codes li").count() == 10
    page.goto(f"{site.address}/account")
    page.get_by_role("button", name="Sign out").first.click()
    sign_in(page, site, "rita")
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
    page = window(browser)
    for address in ("/login", "/reset"):
        page.goto(site.address + address)
        assert Reader().faults(page) == [], address
    page.context.close()
    for login, pages in addresses.items():
        page = window(browser, 800)
        sign_in(page, site, login)
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
