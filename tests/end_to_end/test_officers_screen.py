"""Every page of the officer's unit as it is on the device: 800x480, gloves, keyboard, screen reader, two languages."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from edge.attestation.forms import People, PeopleQuestion, Person, PersonQuestion, Signed
from edge.desk.client import Desk
from edge.desk.server import Verb
from edge.kiosk.app import create_app
from edge.moves_forms import DueGroup, EscortsShown, Taken
from wire.happenings import Call, CountMethod
from wire.roll import RollOfficer, RollPerson
from wire.unit import CountPhase

from ..ports import free_port
from ..unit.edge.unit_world import (
    LUZ,
    NAMES,
    OTHER,
    PIN,
    TOM,
    UNIT,
    UnitWorld,
    alarm,
    announced,
    face,
    number,
    out_count,
    picture,
    somebody,
)
from .reader import Reader

TARGET_PX = 63
"""12 mm on a 7-inch screen of 800 pixels."""

SMALL = """(least) => [...document.querySelectorAll('a[href], button, select, input')]
  .filter((one) => { const box = one.getBoundingClientRect();
    return box.width && box.height && !['hidden', 'radio'].includes(one.type)
      && !one.closest('.unseen, .skip, .warning') && Math.min(box.width, box.height) < least - 0.5; })
  .map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 30)}`)"""
BEYOND = """() => { const main = document.getElementById('main');
  return [main.scrollHeight - main.clientHeight > 1, document.documentElement.scrollWidth > innerWidth]; }"""

PAGES = (
    "/",
    "/more",
    f"/unit/{UNIT}/roll",
    f"/unit/{UNIT}/search",
    f"/unit/{UNIT}/roll/{number(5)}",
    f"/unit/{UNIT}/roll/{number(30)}",
    f"/unit/{UNIT}/shift",
    f"/unit/{UNIT}/out",
    f"/unit/{UNIT}/out/declare",
    f"/unit/{UNIT}/out/search",
    f"/unit/{UNIT}/out/declare/{number(7)}",
    f"/unit/{UNIT}/count",
    "/alarms/",
    "/roll",
    "/roll/search",
    "/escort/",
    "/escort/reset",
)


def world() -> UnitWorld:
    """A unit of thirty, with something of everything, and more officers than fit on a screen."""
    people = [somebody(nth, UNIT if nth % 5 else OTHER, ago_s=60 * nth) for nth in range(1, 30)]
    made = UnitWorld(
        picture(
            [*people, somebody(30, None)],
            out_counts=[
                out_count(5),
                out_count(10, accepted_by="tillett"),
                out_count(12, place="Block A", zone=UNIT, from_unit="block-b", declared_by="tillett"),
            ],
            alarms=[alarm(), alarm(4, 3, taken_by="tillett")],
        )
    )
    more = (
        "BARROW",
        "CAL",
        "COC",
        "FLOWERS",
        "GARCIA",
        "MAI",
        "POP",
        "REYES",
        "SHOL",
        "TEC",
        "USHER",
        "YOUNG",
    )
    made.officers = (
        LUZ,
        TOM,
        *(RollOfficer(login=one.lower(), name=f"{one}, Ann", pin=LUZ.pin) for one in more),
    )
    made.faces = {
        number(nth): RollPerson(
            person=number(nth),
            fingers=[],
            zones=[UNIT],
            name=NAMES[(nth - 1) % len(NAMES)],
            photo=face(nth * 7),
        )
        for nth in range(1, 30, 2)
    }
    known = [
        Person(
            person=number(nth), name=NAMES[nth % len(NAMES)], photo=b"", attested=nth == 1, may_enter=nth != 3
        )
        for nth in range(1, 7)
    ]
    group = DueGroup(
        group=4, people=[Taken(person=number(1), name=NAMES[0], through=True)], officer="GOMEZ, Luz"
    )
    shown = EscortsShown(under_way=group, due=[DueGroup(group=5, people=group.people)])
    made.verbs |= {
        "people": Verb(PeopleQuestion, lambda _asked: People(people=known, found=40)),
        "person": Verb(PersonQuestion, lambda _asked: known[0]),
        "escorts": Verb(Signed, lambda _asked: shown),
    }
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        found = driver.chromium.launch(
            executable_path=os.environ.get("PIMS_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        yield found
        found.close()


class Quiet(WSGIRequestHandler):
    """Hundreds of requests would hide what went wrong."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Says nothing."""


class Screen:
    """The device's own screen over an agent that is the test's."""

    def __init__(self, browser: Browser, unit: UnitWorld, language: str) -> None:
        port = free_port()
        self._server = make_server(
            "127.0.0.1", port, create_app(cast(Desk, unit), port), True, request_handler=Quiet
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{port}"
        self.context = browser.new_context(
            viewport={"width": 800, "height": 480},
            base_url=url,
            color_scheme="dark" if language == "es" else "light",
        )
        self.context.add_cookies([{"name": "pims-language", "value": language, "url": url}])
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def close(self) -> None:
        self.context.close()
        self._server.shutdown()

    def type(self, digits: str) -> None:
        for digit in digits:
            self.page.locator(f".pad [data-key='{digit}']").click()

    def press(self, what: str) -> None:
        """A button that leads on, until the next page is whole."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(what).first.click()

    def sign_in(self) -> None:
        self.page.goto("/sign-in/gomez")
        self.type(PIN)
        self.press("button.go")

    def judge(self, reader: Reader | None) -> list[str]:
        """What is wrong with the page that is open."""
        where = self.page.url.split("/", 3)[-1]
        found = [f"{where}: small {one}" for one in self.page.evaluate(SMALL, TARGET_PX)]
        down, right = self.page.evaluate(BEYOND)
        found += [f"{where}: must be scrolled"] * bool(down or right)
        read = reader.faults(self.page) if reader is not None else []
        return [*found, *(f"{where}: {one}" for one in read)]


@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=pytest.mark.long)])
def test_every_page_fits_gloves_a_small_screen_and_a_screen_reader(browser: Browser, language: str) -> None:
    unit, reader = world(), Reader() if language == "en" else None  # the same marks in either
    screen = Screen(browser, unit, language)
    try:
        wrong = []
        for path in ("/", "/sign-in", "/sign-in/gomez"):
            screen.page.goto(path)
            wrong += screen.judge(reader)
        screen.sign_in()
        for path in PAGES:
            screen.page.goto(path)
            wrong += screen.judge(reader)
        wrong += walk_a_count(screen, unit, reader)
        assert not wrong, "\n".join(sorted(set(wrong)))
        assert screen.faults == []
    finally:
        screen.close()


def walk_a_count(screen: Screen, unit: UnitWorld, reader: Reader | None) -> list[str]:
    """From the blind first page to the page where both officers sign, and the lists of recounts."""
    page, wrong = screen.page, list[str]()
    unit.picture = picture([somebody(nth) for nth in range(1, 30)], counts=[announced()])
    for path in ("/", f"/unit/{UNIT}/roll", f"/unit/{UNIT}/count"):
        page.goto(path)
        wrong += screen.judge(reader)
    screen.press(".count button.go")
    wrong += screen.judge(reader)
    screen.type("29")
    screen.press("button.go")
    wrong += screen.judge(reader)
    screen.press("button.go")
    for go in ("second", "beds", "remarks", "sign"):
        screen.press(f"button[value={go}]")
        wrong += screen.judge(reader)
        screen.press("button[value=slip], button[value=yes], button.back")
    for method in (CountMethod.BY_NAME, CountMethod.BY_SCAN):
        recount = 1 if method is CountMethod.BY_NAME else 2
        again = {
            "phase": CountPhase.RECOUNT,
            "blind": False,
            "slips": 1,
            "recount": recount,
            "method": method,
        }
        unit.picture = picture(
            [somebody(nth) for nth in range(1, 30)],
            counts=[announced(off=-1, candidates=[number(3)], **again)],
        )
        page.goto(f"/unit/{UNIT}/count")
        wrong += screen.judge(reader)
        screen.press(".count button.go")
        wrong += screen.judge(reader)
    return wrong


def test_the_page_is_worked_by_keys_alone_and_help_is_called_by_holding_enter(browser: Browser) -> None:
    unit = world()
    screen = Screen(browser, unit, "en")
    try:
        page = screen.page
        screen.sign_in()
        page.goto("/")
        page.locator(".tile", has_text="Roll").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".card").first).to_be_visible()
        bar = page.locator("#panic")
        bar.focus()
        page.keyboard.down("Enter")
        expect(bar).to_contain_text("Keep holding")
        page.keyboard.up("Enter")
        assert not any(isinstance(one, Call) for one in unit.kept)
        page.keyboard.down("Enter")
        expect(page.locator("#panic-said")).to_contain_text("nobody has answered yet", timeout=10_000)
        page.keyboard.up("Enter")
        assert [one.officer for one in unit.kept if isinstance(one, Call)] == ["gomez"]
        unit.now_s += 11  # the patience of the page is reckoned from the agent's clock
        expect(bar).to_contain_text("NOT SENT. Use the radio", timeout=10_000)
        screen.context.clear_cookies(
            name="pims-page"
        )  # the page's program started anew: the call is made all the same
        page.keyboard.down("Enter")
        expect(page.locator("#panic-said")).to_contain_text("nobody has answered yet", timeout=10_000)
        page.keyboard.up("Enter")
        assert [one.officer for one in unit.kept if isinstance(one, Call)] == ["gomez", None]
    finally:
        screen.close()
