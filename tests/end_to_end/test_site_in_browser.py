"""The site in a real browser: a drawing is tied by mouse and by keys, and sixty zones stand on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import expect as wait_until
from sqlalchemy import event

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions, session_scope
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.movements.site.plans.keeping import take_down
from hub.movements.site.plans.reading import PlanView, plans

from ..databases import new_database
from ..unit.hub.conftest import hurry
from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served, signed_in
from .reader import Reader

PATIENCE_MS = 45_000
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 500">
<rect id="a" x="20" y="20" width="360" height="200"/><rect id="b" x="420" y="20" width="360" height="200"/>
<path id="yard" d="M20 260H1180V480H20z"/></svg>"""
SIXTY = "".join(
    f'[[zone]]\ncode = "w-{number}"\nname = "Workshop {number}"\nkind = "WORKSHOP"\ncapacity = 20\n'
    for number in range(57)
)
# Of each room its words and its bar, as they stand on the screen, in pixels.
WORDS = """() => [...document.querySelectorAll("[data-map]:not([hidden]) .room")].map((room) => [
  room.getAttribute("aria-label"),
  ...[...room.querySelectorAll("text:not(:empty), .gauge")].map((one) => {
    const box = one.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom];
  })])"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("hub")
    engine = make_engine(new_database(folder, migrated=True))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurry)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.now()
    world.site()
    world.terminal()
    for login, role in (("dora", Role.DIRECTOR), ("cora", Role.CONTROL_ROOM)):
        world.account(login, role)
    yield world
    world.close()


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with served(world.app(), "127.0.0.1") as found:
        yield found


def opened(browser: Browser, address: str, login: str) -> Page:
    return signed_in(new_window(browser, 1280, 800, patience_ms=PATIENCE_MS), address, login)


def drawn(world: World) -> PlanView:
    with session_scope(world.sessions, writes=False) as session:
        (found,) = plans(session, 1)
    return found


def test_a_drawing_is_tied_by_mouse_and_by_keys_and_becomes_the_map(
    browser: Browser, address: str, world: World, tmp_path: Path
) -> None:
    page = opened(browser, address, "dora")
    (tmp_path / "plan.svg").write_text(DRAWING)
    page.goto(f"{address}/site/plan")
    page.set_input_files("#file", tmp_path / "plan.svg")
    page.click("main form button[type=submit]")
    wait_until(page.locator(".pick.tied")).to_have_count(1)  # the yard, by its name
    page.locator('[data-pick="s1"]').click()
    page.select_option("#zone", "block-a")
    page.click("#tie button")
    wait_until(page.locator(".pick.tied")).to_have_count(2)
    page.locator('[data-pick="s1"]').focus()
    page.keyboard.press("ArrowRight")
    assert page.input_value("#shape") == "s2"
    page.keyboard.press("Enter")
    page.select_option("#zone", "workshop")
    page.keyboard.press("Enter")
    page.click("#tie button")
    wait_until(page.locator(".pick.tied")).to_have_count(3)
    page.select_option("#checkpoint", "a-in")
    page.click("#point")
    page.locator("#drawing").click(position={"x": 200, "y": 120})
    page.click("#spot button[type=submit]:not([name])")
    wait_until(page.locator('[data-spot="a-in"]')).to_have_count(1)
    assert sorted(drawn(world).zones) == ["block-a", "workshop", "yard"]
    assert Reader().faults(page) == []
    screen = opened(browser, address, "cora")
    screen.goto(f"{address}/control-room")
    wait_until(screen.locator('[data-zone="block-a"] [data-count]')).to_have_text("0", timeout=PATIENCE_MS)
    assert screen.locator(".plan-zone").count() == 3
    screen.keyboard.press("m")
    screen.keyboard.press("Enter")
    wait_until(screen.locator("#drawer")).to_contain_text("Yard")


def test_sixty_zones_on_one_screen_have_words_that_do_not_touch(
    browser: Browser, address: str, world: World
) -> None:
    with session_scope(world.sessions) as session:
        import_site(session, read_site(SIXTY.encode()), actor=OPERATOR, at=world.at)
    with session_scope(world.sessions) as session:
        for plan in plans(session, 1):
            take_down(session, plan.id, actor=OPERATOR, at=world.at)
    page = opened(browser, address, "cora")
    page.goto(f"{address}/control-room")
    wait_until(page.locator('[data-zone="w-56"] [data-count]')).to_have_text("0", timeout=PATIENCE_MS)
    rooms = page.evaluate(WORDS)
    assert len(rooms) == 60
    for name, *boxes in rooms:
        assert len(boxes) >= 3, name
        for one, other in combinations(boxes, 2):
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - max(one[1], other[1])
            # The box of a line of text is higher than its letters.
            assert across <= 1 or down <= 6, (name, one, other)
