"""A whole count in real browsers: led in the control room, counted blind and then by name in the blocks."""

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

from ..unit.hub.count_world import Prison, prison
from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served, signed_in
from .reader import Reader


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prison, str]]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    made = prison(world)
    for login, role in (("cora", Role.CONTROL_ROOM), ("ann", Role.OFFICER), ("bob", Role.OFFICER)):
        world.account(login, role)
    with served(world.app()) as address:
        yield made, address
    world.close()


def count_number(page: Page, unit: str, number: str) -> None:
    page.get_by_role("link", name=f"Count {unit}").click()
    page.fill("#observed", number)
    page.check("input[name=alive]")
    page.get_by_role("button", name="Sign the slip").click()


def test_one_hides_and_the_recount_by_name_finds_it(inside: tuple[Prison, str], browser: Browser) -> None:
    held, address = inside
    cora, ann, bob = (
        signed_in(new_window(browser, width, 900), address, login)
        for login, width in (("cora", 1280), ("ann", 800), ("bob", 800))
    )
    cora.keyboard.press("g")
    cora.keyboard.press("g")
    cora.wait_for_url(f"{address}/counts")
    cora.get_by_role("button", name="Announce it").last.click()
    cora.wait_for_url(f"{address}/counts/1")
    ann.goto(f"{address}/counts/1")
    expect(ann.get_by_text("hidden until the first slip")).to_have_count(2)
    cora.get_by_role("button", name="Stop movement now").click()
    with cora.expect_navigation():
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
    with cora.expect_navigation():
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
    with cora.expect_navigation():
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
