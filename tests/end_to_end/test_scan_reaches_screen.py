"""One scan through every real part: finger, sensor protocol, terminal, broker, hub, and a browser that changes."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect, sync_playwright

from simulation.facility import SMALL_PRISON, Facility
from simulation.masters import CACHE
from simulation.people import Walker, cast, synthetic_fingers
from simulation.prison import Plan, Prison
from simulation.sensor import FAST256
from simulation.truth import ADMIT, REFER, Truth
from tests.ports import free_port

from ..waiting import until

PATIENCE_MS = 45_000
BLOCK_A = SMALL_PRISON.gates[1]


@dataclass
class Open:
    prison: Prison
    enrolled: Walker
    stranger: Walker


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """A prison with one terminal, one person enrolled and one who is not."""
    facility = Facility(SMALL_PRISON.zones, (BLOCK_A,))
    plan = Plan(tmp_path_factory.mktemp("prison"), facility, "mosquitto", free_port(), None, "zfm")
    prison = Prison(plan, Truth(), lambda _: None)
    try:
        prison.open_hub()
        prison.open_gates()
        hands = synthetic_fingers(2, 3, CACHE, FAST256, lambda _: None)
        enrolled, stranger = cast(hands, facility, 1, random.Random(1))
        prison.enrol([enrolled, stranger], lambda _: None)
        assert until(lambda: prison.have_rolls(1))
        yield Open(prison, enrolled, stranger)
    finally:
        prison.stop()


@pytest.mark.long
def test_the_screen_changes_after_a_scan_without_being_loaded_again(site: Open) -> None:
    chromium = shutil.which("chromium")
    assert chromium is not None, "Chromium is missing. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="en-GB")
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"http://127.0.0.1:{site.prison.plan.web_port}/")
        page.fill("#login", site.prison.supervisor.login)
        page.fill("#password", site.prison.supervisor.password)
        page.click("main button[type=submit]")
        expect(page.locator("#feed-state")).to_contain_text("Feed live", timeout=PATIENCE_MS)
        count = page.locator('[data-zone="block-a"] [data-count]')
        expect(count).to_have_text("0")
        page.evaluate("window.stillThis = true")

        assert site.prison.gatehouses[0].scan(site.enrolled, lambda: 1).result == ADMIT
        expect(count).to_have_text("1", timeout=PATIENCE_MS)
        name = f"{site.enrolled.surname.upper()}, {site.enrolled.given}"
        expect(page.locator("#feed li").filter(has_text=name)).to_be_visible()

        assert site.prison.gatehouses[0].scan(site.stranger, lambda: 1).result == REFER
        expect(page.locator("#needs li").filter(has_text="Finger not recognised")).to_be_visible()
        expect(count).to_have_text("1")
        assert page.evaluate("window.stillThis") is True, "the page was loaded again"
        browser.close()
