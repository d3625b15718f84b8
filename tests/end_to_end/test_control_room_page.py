"""The control room's page in a real browser: it changes by itself when another process commits a passage."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import expect as wait_until
from sqlalchemy import select

from hub import settings
from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.custody.records import Person
from hub.database import make_engine, make_sessions, session_scope
from hub.movements.alarms.raising import Cause, raise_alarm
from hub.movements.orders.receipts import note_receipt
from wire.versions import Version

from ..databases import chosen
from ..ports import free_port
from ..unit.hub.duty_world import refer
from ..unit.hub.late_world import Returning
from ..unit.hub.site_world import PASSWORD, World, cheap_passwords
from .reader import Reader

PATIENCE_MS = 45_000


@dataclass
class Pages:
    """`pims-hub web` as a process of its own."""

    data: Path
    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "hub", "web", "--data", str(self.data), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, "--plain-http"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"Web ready on {self.address}\n"

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A hub made as an operator makes one, with three people; `world` is this process's way into its database."""
    data = tmp_path_factory.mktemp("hub")
    made = [sys.executable, "-m", "hub", "init", "--data", str(data), "--admin-password-file"]
    subprocess.run([*made, str(data / "password"), *chosen(data)], check=True, stdout=subprocess.DEVNULL)
    engine = make_engine(settings.load(data).database)
    world = World(data, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.now()
    world.site()
    for surname in ("Novelo", "Coc", "<img src=x onerror=alert(1)>"):
        world.person(surname, "Ana")
    world.terminal()
    world.account("sam", Role.SHIFT_SUPERVISOR)
    return world


@pytest.fixture(scope="module")
def pages(world: World) -> Iterator[Pages]:
    serving = Pages(world.folder, free_port())
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture
def page(browser: Browser, pages: Pages, world: World) -> Iterator[Page]:
    """A window that has signed in and shows the control room; any script error fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(pages.address)
    page.fill("#login", "sam")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    wait_until(page.locator("#feed-state")).to_contain_text("Feed live", timeout=PATIENCE_MS)
    yield page
    assert errors == []
    context.close()


def person(world: World, number: str) -> Person:
    with world.sessions() as session:
        return session.scalars(select(Person).where(Person.number == number)).one()


def test_a_passage_shows_by_itself(page: Page, world: World) -> None:
    count = page.locator('[data-zone="block-a"] [data-count]')
    wait_until(count).to_have_text("0", timeout=PATIENCE_MS)
    wait_until(page.locator("#sum")).to_contain_text("3not placed")
    page.evaluate("window.stillThis = true")
    world.now()
    world.passage(person(world, "P-000001"))
    wait_until(count).to_have_text("1", timeout=PATIENCE_MS)
    wait_until(page.locator("#feed li").first).to_contain_text("NOVELO, Ana")
    wait_until(page.locator("#sum .sum-box")).to_have_text("agrees")
    wait_until(page.locator("#sum-unlock .sum-box")).to_have_text("agrees")
    page.locator('[data-zone="block-a"]').click()
    inside = page.locator("#drawer .line").filter(has_text="NOVELO, Ana")
    wait_until(inside.locator("time.age")).to_have_text(re.compile(r"^([3-9]|\d\d) s$"), timeout=PATIENCE_MS)
    assert page.evaluate("window.stillThis") is True, "the page was loaded again"


def test_a_referral_needs_a_person_and_opens_its_evidence_by_keyboard(page: Page, world: World) -> None:
    world.now()
    world.passage(None, "REFER", "not_recognised")
    wait_until(page.locator("#needs li").filter(has_text="Finger not recognised").first).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    wait_until(drawer).to_contain_text("To the officer")
    wait_until(drawer).to_contain_text("Finger not recognised")
    page.keyboard.press("Escape")
    wait_until(page.locator("#drawer.open")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('#feed') !== null"), (
        "the focus came back to the list"
    )


def test_a_referral_is_taken_searched_and_answered_in_the_drawer(page: Page, world: World) -> None:
    world.now()
    refer(world, [person(world, "P-000002")], "too_close")
    need = page.locator("#needs li").filter(has_text="Two people look too alike")
    wait_until(need).to_contain_text("Perhaps COC, Ana")
    need.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    wait_until(drawer).to_contain_text("Who is it?")
    drawer.get_by_role("button", name="I look after it").click()
    wait_until(drawer).to_contain_text("with sam")
    drawer.locator("#referral-q").fill("novelo")
    page.keyboard.press("Enter")
    wait_until(drawer).to_contain_text("NOVELO, Ana")
    drawer.get_by_role("button", name="Turn back").click()
    wait_until(drawer).to_contain_text("Say how you know")
    drawer.locator("#referral-reason").select_option(label="Not the person they say")
    drawer.get_by_role("button", name="Turn back").click()
    wait_until(drawer).to_contain_text("An officer turned the person back")
    wait_until(need).to_have_count(0)
    page.keyboard.press("Escape")


def test_an_alarm_is_acknowledged_with_one_key_and_closed_with_two_presses(page: Page, world: World) -> None:
    world.now()
    with session_scope(world.sessions) as session:
        raise_alarm(session, Cause("door_forced", "a-1", terminal="a-1"), world.at)
    need = page.locator("#needs li").filter(has_text="A door was opened that nobody had released")
    wait_until(need).to_have_class(re.compile("rings"), timeout=PATIENCE_MS)
    wait_until(page.locator("#sound")).to_be_visible()
    page.keyboard.press("a")
    wait_until(need).not_to_have_class(re.compile("rings"))
    wait_until(need).to_contain_text("With sam", timeout=PATIENCE_MS)
    page.keyboard.press("s")
    wait_until(page.locator("#sound")).to_contain_text(re.compile("Muted [12]:"))
    need.click()
    drawer = page.locator("#drawer")
    wait_until(drawer).to_contain_text("Block A, entry")
    drawer.get_by_role("button", name="Repaired").click()
    wait_until(drawer).to_contain_text("This alarm is closed.")
    wait_until(need).to_have_count(0, timeout=PATIENCE_MS)


def test_a_lockdown_takes_two_presses_and_says_which_terminal_has_not_confirmed(
    page: Page, world: World
) -> None:
    page.keyboard.press("l")
    drawer = page.locator("#drawer")
    drawer.get_by_role("button", name="Order it now: Lockdown").click()
    wait_until(drawer).to_contain_text("NOT CONFIRMED, use the radio")
    strip = page.locator("#orders-bar")
    wait_until(strip).to_contain_text("1 of 1 terminals NOT CONFIRMED", timeout=PATIENCE_MS)
    with session_scope(world.sessions) as session:
        note_receipt(session, 1, Version(1, 1), datetime.now(UTC))
    wait_until(strip).to_contain_text("Every terminal CONFIRMED", timeout=PATIENCE_MS)
    strip.get_by_role("button").click()
    drawer.get_by_text("End it", exact=True).click()
    drawer.get_by_label("Why it ends").fill("Searched and counted")
    drawer.get_by_role("button", name="Yes, end it now").click()
    wait_until(drawer).to_contain_text("This order is ended")
    wait_until(strip).to_be_hidden(timeout=PATIENCE_MS)


def test_what_came_late_is_one_line_that_grows_and_opens_its_evidence(page: Page, world: World) -> None:
    world.now()
    yesterday = world.at - timedelta(days=1)
    returning = Returning(world, [person(world, "P-000001"), person(world, "P-000002")])
    for number in range(12):
        returning.comes_back(f"back-{number}", 30, yesterday)
    line = page.locator("#feed li").filter(has_text="late passages from 12 terminals came in")
    wait_until(line).to_contain_text("360 late passages", timeout=PATIENCE_MS)
    line.focus()
    returning.comes_back("back-3", 40, yesterday + timedelta(hours=5))
    returning.passes_now()
    wait_until(line).to_contain_text("400 late passages", timeout=PATIENCE_MS)
    assert line.evaluate("element => element === document.activeElement"), "it grows where it stands"
    wait_until(page.locator("#feed li").first).to_contain_text("Yard \u2192 Block A")
    page.keyboard.press("Enter")
    first = page.locator("#drawer tbody tr").first
    wait_until(first).to_contain_text("back-3")
    wait_until(first.locator("td.number")).to_have_text("70")
    wait_until(first.locator("a").nth(1)).to_have_attribute(
        "href", re.compile(r"^/replay\?day=20\d\d-\d\d-\d\d&at=")
    )
    assert page.locator("#feed li").count() < 60
    assert Reader().faults(page) == []
    first.locator("a").nth(1).click()
    wait_until(page.locator("h1")).to_contain_text("Replay")


@pytest.mark.parametrize(("width", "height"), [pytest.param(1920, 1080, marks=pytest.mark.long), (1280, 800)])
def test_a_reader_of_screens_finds_nothing_serious_wrong(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.locator("#needs li").first.click()
    wait_until(page.locator("#drawer.open")).to_have_count(1)
    assert Reader().faults(page) == []


def test_the_officers_page_shows_who_waits_without_being_loaded_again(
    page: Page, pages: Pages, world: World
) -> None:
    page.goto(f"{pages.address}/officer")
    page.evaluate("window.stillThis = true")
    world.now()
    refer(world, rule="poor_quality")
    wait_until(page.locator(".referral-line").filter(has_text="Finger could not be read")).to_be_visible()
    assert page.evaluate("window.stillThis") is True, "the page was loaded again"


def test_markup_in_a_name_stays_a_name(page: Page, world: World) -> None:
    world.now()
    world.passage(person(world, "P-000003"))
    line = page.locator("#feed li").first
    wait_until(line).to_contain_text("<IMG SRC=X ONERROR=ALERT(1)>, Ana", timeout=PATIENCE_MS)
    assert page.locator("#feed img, #drawer img").count() == 0


def test_keys_search_and_go(page: Page) -> None:
    page.keyboard.press("?")
    wait_until(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("coc")
    wait_until(page.locator("#found li")).to_have_count(1)
    page.keyboard.press("Enter")
    wait_until(page.locator("#drawer")).to_contain_text("COC, Ana")
    wait_until(page.locator("#drawer")).to_contain_text("This look has been written down.")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/terminals")


def test_a_hub_that_goes_away_is_said_and_the_picture_comes_back(
    page: Page, pages: Pages, world: World
) -> None:
    pages.stop()
    stale = page.locator("#stale")
    wait_until(stale).to_contain_text("The feed is lost", timeout=PATIENCE_MS)
    wait_until(page.locator("#control.stale-picture")).to_be_visible()
    world.now()
    world.passage(person(world, "P-000002"))
    pages.start()
    wait_until(stale).to_be_hidden(timeout=PATIENCE_MS)
    wait_until(page.locator("#feed li").first).to_contain_text("COC, Ana", timeout=PATIENCE_MS)
    wait_until(page.locator("#sum .sum-box")).to_have_text("agrees")
