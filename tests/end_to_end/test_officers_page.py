"""A finger that nobody knows, at a real terminal, and the officer who says at its page who it is: in a browser."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher
from PIL import Image as Picture
from PIL import ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright

import matching
from matching.synthesis import make_finger
from wire.happenings import (
    Attempt,
    Attestation,
    Call,
    CountKind,
    CountMark,
    CountMethod,
    Decision,
    Happening,
    Passage,
    SignIn,
    Slip,
)
from wire.roll import RollFinger, RollOfficer, RollPerson
from wire.unit import CallAnswer, CountPhase, OpenCount, UnitPerson, UnitPicture, ZoneName
from wire.versions import Version

from ..integration.terminal_at_work import HubDouble, Image, Mosquitto, Terminal
from ..ports import free_port
from ..waiting import until

ANA, STRANGER, ANOTHER_FINGER = 11, 13, 14
PIN, SECOND_PIN = "481526", "739184"
OFFICER = RollOfficer(
    login="gomez", name="GOMEZ, Luz", pin=PasswordHasher(time_cost=1, memory_cost=64).hash(PIN)
)
SECOND = RollOfficer(
    login="tillett",
    name="TILLETT, Tom",
    pin=PasswordHasher(time_cost=1, memory_cost=64).hash(SECOND_PIN),
)
PATIENCE_MS = 45_000


class PageProcess:
    """`pims-edge page` as a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edge", "page", "--data", str(folder), "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._ready.wait(60)

    def kill(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("Page at"):
                self._ready.set()


def drawn_face(shade: int) -> bytes:
    """A small JPEG that is nobody's face."""
    picture = Picture.new("RGB", (96, 116), (shade, 150, 170))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((26, 18, 70, 74), fill=(200, 170, 140))
    pen.rectangle((18, 84, 78, 116), fill=(90, 90, shade))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=60)
    return held.getvalue()


def touch(seed: int, nth: int) -> Image:
    image: Image = make_finger(seed).impression(nth, width=256, height=288, grey_levels=16)
    return image


@pytest.fixture(scope="module")
def people() -> list[RollPerson]:
    held = [RollFinger(position=2, template=matching.extract(touch(ANA, nth)).to_iso()) for nth in (1, 2)]
    return [
        RollPerson(
            person="P-000001",
            fingers=held,
            zones=["yard", "block-a"],
            name="ARANA, Ana",
            photo=drawn_face(200),
        ),
        RollPerson(person="P-000002", fingers=[], zones=["yard", "block-a"], attested=True, name="BOL, Beto"),
        RollPerson(person="P-000003", fingers=[], zones=["yard"], name="CHÁN, Cira", photo=drawn_face(120)),
    ]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def terminal(root: Path) -> Iterator[Terminal]:
    """One for all tests here: a start costs seconds. Each leaves it with nobody waiting."""
    terminal = Terminal(root)
    yield terminal
    terminal.close()


@pytest.fixture(scope="module")
def hub(root: Path, terminal: Terminal, people: list[RollPerson]) -> Iterator[HubDouble]:
    """A hub that has given the terminal its roll."""
    broker, hub = Mosquitto(root, free_port()), HubDouble()
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    assert until(lambda: any(state.online for state in hub.states))
    hub.send_roll(hub.update(people, Version(1, 2), officers=[OFFICER, SECOND]))
    assert until(lambda: hub.states[-1].roll_version == Version(1, 2))
    yield hub
    hub.close()
    broker.kill()


@pytest.fixture(scope="module")
def screen(terminal: Terminal, hub: HubDouble) -> Iterator[tuple[Browser, str]]:
    """A browser, and where the terminal's page is."""
    process = PageProcess(terminal.folder.root, free_port())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("PIMS_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        yield browser, process.url
        browser.close()
    process.kill()


@pytest.fixture
def page(screen: tuple[Browser, str]) -> Iterator[Page]:
    """The terminal's own screen, with nobody signed in."""
    browser, url = screen
    opened = browser.new_page(viewport={"width": 800, "height": 480}, base_url=url)
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto("/")
    yield opened
    opened.close()


ANNOUNCED = OpenCount(
    session=7,
    kind=CountKind.STANDING,
    phase=CountPhase.COUNTING,
    announced_at=datetime(2026, 11, 22, 6, tzinfo=UTC),
    freeze_at=datetime(2026, 11, 22, 6, tzinfo=UTC),
    blind=True,
    slips=0,
    unit="block-a",
)


def picture_of(**more: Any) -> UnitPicture:
    """Block A with two people."""
    people = [
        UnitPerson(
            person=number,
            zone="block-a",
            source="scan",
            proven_at=datetime.now(UTC),
            sure=True,
            assigned=True,
            home="block-a",
            name=name,
        )
        for number, name in (("P-000001", "ARANA, Ana"), ("P-000002", "BOL, Beto"))
    ]
    facts: dict[str, Any] = {"counts": [], "out_counts": [], "alarms": [], "calls": [], **more}
    zones = [ZoneName(code="block-a", name="Block A", unit="block-a")]
    return UnitPicture(units=["block-a"], people=people, zones=zones, **facts)


def type_on_pad(page: Page, digits: str) -> None:
    expect(page.locator(".pad")).to_be_visible()
    page.wait_for_load_state("load")  # the pad writes digits once its script has run
    for digit in digits:
        page.locator(f".pad [data-key='{digit}']").click()


def count(terminal: Terminal, *kinds: type[Happening]) -> int:
    return sum(isinstance(item, kinds) for item in terminal.journalled())


def last(terminal: Terminal, kind: type[Happening]) -> Happening | None:
    found = [item for item in terminal.journalled() if isinstance(item, kind)]
    return found[-1] if found else None


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="GOMEZ, Luz").click()
    expect(page.locator(".pad")).to_be_visible()
    page.wait_for_load_state("load")  # the pad writes digits once its script has run
    for so_far, digit in enumerate(PIN, 1):
        page.locator(f".pad [data-key='{digit}']").click()
        expect(page.locator("#pin")).to_have_value(PIN[:so_far])
    page.get_by_role("button", name="Sign in").click()


def test_an_officer_says_who_a_stranger_is_and_the_ring_says_go(
    terminal: Terminal, hub: HubDouble, page: Page
) -> None:
    expect(page.locator(".tile", has_text="Referral")).to_contain_text("nobody waits")
    offered = [terminal.front.offer(touch(STRANGER, nth)) for nth in (1, 2, 3)]
    offered += [terminal.front.offer(touch(ANOTHER_FINGER, nth)) for nth in (1, 2)]
    assert offered == ["AGAIN"] * 4 + ["REFER"]
    referred = last(terminal, Passage)
    assert isinstance(referred, Passage)
    assert (referred.decision, referred.rule, referred.attempt) == (Decision.REFER, "not_recognised", 5)

    tile = page.locator(".tile.needs")
    expect(tile.locator(".badge")).to_have_text("1", timeout=PATIENCE_MS)
    expect(tile.locator(".timer")).not_to_be_empty()
    tile.click()
    sign_in(page)
    page.locator(".row").click()
    page.get_by_role("link", name="Search").click()
    for letter in "ARANA":
        page.locator(f".keyboard [data-key='{letter}']").click()
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="ARANA, Ana").click()
    page.get_by_text("Compared with the photo").click()
    page.get_by_role("button", name="It is this person: let through").click()
    expect(page.get_by_text("Let through on your word")).to_be_visible()

    said = last(terminal, Attestation)
    assert isinstance(said, Attestation)
    assert (said.decision, said.person, said.officer) == (Decision.ADMIT, "P-000001", "gomez")
    assert (said.reason, said.standing) == ("Compared with the photo", False)
    assert said.referral is not None
    assert until(lambda: terminal.front.all_answers[-1] == "ADMIT")
    assert until(lambda: any(isinstance(item, Attestation) for item in hub.happenings()))
    page.goto("/")
    expect(page.locator(".tile", has_text="Referral")).to_contain_text("nobody waits")


def test_a_person_with_a_standing_procedure_goes_through_on_an_officers_word_without_a_reject(
    terminal: Terminal, page: Page
) -> None:
    tried = count(terminal, Attempt, Passage)
    page.get_by_role("link", name="Roll").click()  # no unit yet: whoever is known here
    sign_in(page)
    expect(page.locator(".card").first).to_contain_text("BOL, Beto")
    page.locator(".card").first.click()
    page.get_by_text("Standing procedure followed").click()
    page.get_by_role("button", name="It is this person: let through").click()
    expect(page.get_by_text("Let through on your word")).to_be_visible()
    said = last(terminal, Attestation)
    assert isinstance(said, Attestation)
    assert (said.person, said.standing, said.referral) == ("P-000002", True, None)
    assert count(terminal, Attempt, Passage) == tried
    assert isinstance(last(terminal, SignIn), SignIn)


def test_a_count_is_taken_blind_to_the_signed_slip(terminal: Terminal, hub: HubDouble, page: Page) -> None:
    hub.send_unit(picture_of(counts=[ANNOUNCED]))
    expect(page.get_by_text("COUNT OPEN")).to_be_visible(timeout=PATIENCE_MS)
    page.locator(".tile", has_text="Count").first.click()
    sign_in(page)
    page.get_by_role("button", name="Begin counting").click()
    type_on_pad(page, "2")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Yes: I saw living").click()
    page.get_by_role("button", name="Second counter").click()
    page.get_by_role("button", name="TILLETT, Tom").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    type_on_pad(page, PIN)
    page.locator("#second-pin").click()
    type_on_pad(page, SECOND_PIN)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Your slip is signed: 2")).to_be_visible()
    slip = last(terminal, Slip)
    assert isinstance(slip, Slip)
    assert (slip.session, slip.observed, slip.counters) == (7, 2, ["gomez", "tillett"])
    assert (slip.signs_of_life, slip.method) == (True, CountMethod.NUMBER)
    assert until(lambda: any(isinstance(item, Slip) for item in hub.happenings()))

    again = msgspec.structs.replace(
        ANNOUNCED,
        phase=CountPhase.RECOUNT,
        blind=False,
        slips=1,
        recount=1,
        method=CountMethod.BY_NAME,
        off=-1,
        candidates=["P-000002"],
    )
    hub.send_unit(picture_of(counts=[again]))
    expect(page.get_by_text("off by -1")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Begin counting: by name").click()
    for name in ("ARANA, Ana", "BOL, Beto"):
        page.locator("button.card", has_text=name).click()
    expect(page.locator(".tally")).to_have_text("2")
    marks = [one.person for one in terminal.journalled() if isinstance(one, CountMark)]
    assert marks == ["P-000001", "P-000002"]
    hub.send_unit(picture_of())


def test_a_call_for_help_is_sent_only_when_the_control_room_says_so(
    terminal: Terminal, hub: HubDouble, page: Page
) -> None:
    bar = page.locator("#panic")

    def hold() -> None:
        box = bar.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 20)
        page.mouse.down()

    hold()
    expect(bar).to_contain_text("Keep holding")
    page.mouse.up()
    expect(bar).to_contain_text("hold for two seconds")
    assert last(terminal, Call) is None
    hold()
    # No echo of this hub was heard yet, so nobody can have answered: said at once. The hub has it all the same.
    expect(bar).to_contain_text("NOT SENT. Use the radio", timeout=PATIENCE_MS)
    page.mouse.up()
    assert until(lambda: any(isinstance(item, Call) for item in hub.happenings()))
    page.goto("/more")
    expect(bar).to_contain_text("NOT SENT. Use the radio", timeout=PATIENCE_MS)
    sequence = max(key[1] for key, entry in hub.entries.items() if entry.kind == Call.KIND)
    hub.send_unit(picture_of(calls=[CallAnswer(sequence=sequence, by="reyes", at=datetime.now(UTC))]))
    expect(bar).to_contain_text("SENT. The control room has acknowledged", timeout=PATIENCE_MS)


def test_the_page_says_when_the_agent_is_down_and_comes_back_with_it(terminal: Terminal, page: Page) -> None:
    assert terminal.agent.stop() == 0
    expect(page.get_by_role("heading", name="The agent does not answer")).to_be_visible(timeout=PATIENCE_MS)
    terminal.agent.start()
    expect(page.locator(".tile", has_text="Referral")).to_be_visible(timeout=PATIENCE_MS)
