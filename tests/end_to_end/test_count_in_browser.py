"""A whole count in real browsers: led in the control room, counted blind and then by name in the blocks."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade

from ..unit.hub.count_world import Prison, prison
from ..unit.hub.site_world import PASSWORD, World, cheap_passwords
from .reader import Reader

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[tuple[Prison, str]]:
    engine = make_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    upgrade(engine)
    world = World(tmp_path, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    made = prison(world)
    for login, role in (("cora", Role.CONTROL_ROOM), ("ann", Role.OFFICER), ("bob", Role.OFFICER)):
        world.account(login, role)
    server = make_server("localhost", 0, world.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made, f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    world.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    assert CHROMIUM is not None, "Chromium is missing. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, login: str, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    return page


def count_number(page: Page, unit: str, number: str) -> None:
    page.get_by_role("link", name=f"Count {unit}").click()
    page.fill("#observed", number)
    page.check("input[name=alive]")
    page.get_by_role("button", name="Sign the slip").click()


def test_one_hides_and_the_recount_by_name_finds_it(inside: tuple[Prison, str], browser: Browser) -> None:
    held, address = inside
    cora, ann = signed_in(browser, address, "cora", 1280), signed_in(browser, address, "ann", 800)
    bob = signed_in(browser, address, "bob", 800)
    cora.keyboard.press("g")
    cora.keyboard.press("g")
    cora.wait_for_url(f"{address}/counts")
    cora.get_by_role("button", name="Announce it").last.click()
    cora.wait_for_url(f"{address}/counts/1")
    ann.goto(f"{address}/counts/1")
    expect(ann.get_by_text("hidden until the first slip")).to_have_count(2)
    cora.get_by_role("button", name="Stop movement now").click()
    cora.get_by_role("button", name="Let the units count").click()
    held.world.later(seconds=60)

    count_number(ann, "Block A", "2")
    bob.goto(f"{address}/counts/1")
    count_number(bob, "Block B", "2")
    row = cora.locator("#unit-a")
    expect(row).to_contain_text("−1")  # by itself: the page asks again every two seconds
    expect(cora.get_by_text("It cannot be cleared yet.")).to_be_visible()
    assert Reader().faults(cora) == []

    held.world.later(seconds=60)
    cora.locator("summary", has_text="Recount by name").click()
    cora.get_by_role("button", name="Recount by name").click()
    ann.goto(f"{address}/counts/1/units/a")
    ann.get_by_text("ALVAREZ, Jo").click()
    ann.get_by_text("BOL, Jo").click()
    expect(ann.get_by_role("status")).to_contain_text("2 counted")
    assert Reader().faults(ann) == []
    ann.get_by_role("button", name="Sign the slip").click()
    expect(row).to_contain_text("Missing")
    expect(row).to_contain_text("CAL, Jo")

    held.world.later(seconds=60)
    ann.goto(f"{address}/counts/1/units/a")
    expect(ann.get_by_text("The slip of this unit is in")).to_be_visible()
    cora.locator("summary", has_text="Recount by name").click()
    cora.get_by_role("button", name="Recount by name").click()
    ann.goto(f"{address}/counts/1/units/a")
    for name in ("ALVAREZ", "BOL", "CAL"):
        ann.get_by_text(f"{name}, Jo").click()
    ann.get_by_role("button", name="Sign the slip").click()
    cora.get_by_role("button", name="Clear the count").click()
    expect(cora.get_by_text("Cleared by cora")).to_be_visible()
    assert held.orders() == []
    cora.get_by_role("link", name="Full report, to print").click()
    expect(cora.get_by_role("heading", name="Formal count 1")).to_be_visible()
