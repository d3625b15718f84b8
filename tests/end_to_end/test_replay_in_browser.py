"""The bundle's own page in a browser without a network: the hour plays, by keyboard, with what was not known then."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect, sync_playwright

from hub.accounts.audit import OPERATOR
from hub.control_room.replay import bundles
from hub.control_room.replay.bundles import Wish
from hub.database import session_scope
from hub.ingest.bundles.making import write_bundle
from wire.happenings import Decision

from ..unit.hub.ingest_world import NOON, Gate, World, make_template, open_world
from .reader import Reader

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000
END = NOON + timedelta(hours=1)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of a bundle: Ash enters block A at once, Birch is refused, and Cedar's entry comes 20 minutes late."""
    assert CHROMIUM is not None, "Chromium is missing. Install it: apt-get install chromium"
    folder: Path = tmp_path_factory.mktemp("hub")
    world = open_world(make_template(folder), tmp_path_factory.mktemp("world"))
    path = folder / "replay.html"
    path.write_bytes(page_of(world))
    world.engine.dispose()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        shown = context.new_page()
        shown.set_default_timeout(PATIENCE_MS)
        said: list[str] = []
        shown.on("console", lambda message: said.append(message.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.goto(path.as_uri())
        yield shown
        assert said == []
        browser.close()


def page_of(world: World) -> bytes:
    gate = world.grant(Gate("a-1", booted_at=NOON - timedelta(hours=1)))
    gate.clock = NOON + timedelta(minutes=10)
    gate.passes("P-000001")
    gate.passes("P-000002", Decision.REFUSE)
    world.take(gate.batch())
    gate.clock = NOON + timedelta(minutes=20)
    gate.passes("P-000003")
    world.take(gate.batch(3, 3, at=NOON + timedelta(minutes=40), historical=True))
    wish, out = Wish(NOON, END, "The court", "Order of the court of 1 March 2026"), io.BytesIO()
    with session_scope(world.sessions) as session:
        row = bundles.ask(session, wish, actor=OPERATOR, at=END, handed_out=True)
    with session_scope(world.sessions, writes=False) as session:
        write_bundle(session, row, out, Ed25519PrivateKey.generate(), END)
    with zipfile.ZipFile(out) as packed:
        return packed.read("replay.html")


def count(page: Page, zone: str) -> str:
    return page.locator(f'[data-zone="{zone}"] [data-count]').first.text_content() or ""


def test_an_hour_plays_from_event_to_event_without_a_network(page: Page) -> None:
    time = page.locator("#replay-time")
    expect(time).to_have_text("06:00:00")
    expect(page.locator("#replay-roll")).to_contain_text("3 in custody")
    expect(page.locator("#replay-unknown")).to_contain_text("3 people in custody had never been seen by then")
    page.keyboard.press(".")
    expect(time).to_have_text("06:10:00")
    assert count(page, "block-a") == "1"
    page.keyboard.press(".")
    expect(page.locator("#replay-events")).to_contain_text("Refused at the way to Block A")
    assert (count(page, "yard"), count(page, "block-a")) == ("1", "1")
    page.keyboard.press(".")
    expect(page.locator("#replay-events")).to_contain_text("Of 06:20:00, heard of at 06:40:00 only")
    assert count(page, "block-a") == "2"


def test_as_it_was_known_then_what_came_late_is_not_there_yet(page: Page) -> None:
    page.keyboard.press("End")
    for _ in range(30):
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#replay-time")).to_have_text("06:30:00")
    assert count(page, "block-a") == "2"
    page.keyboard.press("v")
    expect(page.locator("#replay-then")).to_be_checked()
    assert count(page, "block-a") == "1"
    for _ in range(11):
        page.keyboard.press("Shift+ArrowRight")
    assert count(page, "block-a") == "2"
    page.keyboard.press("v")


def test_somebody_is_followed_and_a_room_says_who_was_in_it(page: Page) -> None:
    page.locator("#replay-find").fill("ash")
    page.keyboard.press("Enter")
    expect(page.locator("#replay-person-name")).to_have_text("ASH, Test P-000001")
    expect(page.locator("#replay-person-where")).to_contain_text("Block A, proven, last proof 06:10:00")
    room = page.locator('[data-zone="block-a"]').first
    room.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#replay-zone-people")).to_contain_text(re.compile("ASH, Test.*CEDAR, Test", re.S))
    assert Reader().faults(page) == []


def test_it_plays_by_itself_and_stops_at_the_end(page: Page) -> None:
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("Home")
    page.locator("#replay-speed").select_option("1200")
    page.locator("#replay-play").click()
    expect(page.locator("#replay-play")).to_have_text("Pause")
    expect(page.locator("#replay-time")).to_have_text("07:00:00")
    expect(page.locator("#replay-play")).to_have_text("Play")


def test_of_a_time_of_which_nothing_is_held_that_is_said(page: Page, tmp_path: Path) -> None:
    whole = page.content()
    reel = re.search(r'id="reel">(.*?)</script>', whole, re.S)
    assert reel is not None
    empty = json.loads(reel[1]) | {"people": [], "before": [], "seen": [], "away": [], "bands": []}
    path = tmp_path / "replay.html"
    path.write_text(whole.replace(reel[1], json.dumps(empty)))
    shown = page.context.new_page()
    shown.goto(path.as_uri())
    expect(shown.locator("#replay-unknown")).to_contain_text("no record of anybody in custody")
    expect(shown.locator("#replay-all-heard")).to_be_hidden()
    shown.close()
