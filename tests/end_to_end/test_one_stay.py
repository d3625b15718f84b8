"""One whole stay in a real browser: in by the keyboard alone, a date that two officers signed, and out again."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from hub.accounts.audit import OPERATOR, Actor
from hub.accounts.permissions import Role
from hub.biometrics.images import write_png
from hub.biometrics.vault import Vault
from hub.custody.facts.reading import current
from hub.custody.sentencing import policies
from hub.custody.sentencing.policy import Policy
from hub.custody.stays import RELEASE
from hub.database import make_engine, make_sessions, session_scope
from hub.movements.cells.defining import CellDraft, define_cell
from hub.reception.releasing.records import ReleaseRecord
from hub.reception.releasing.signing import is_genuine
from hub.roll.actions import current_version, note_receipt
from hub.terminals.records import Terminal
from hub.web.formats import SITE_ZONE
from matching.synthesis import make_finger
from simulation.bench.admission_keys import Arrival, admit
from simulation.bench.keystrokes import Clerk
from wire.enrolment import DeskTask, Unusable

from ..databases import new_database
from ..unit.hub.desk_world import Desk, Hub
from ..unit.hub.ingest_world import Gate
from ..unit.hub.ingest_world import World as Terminals
from ..unit.hub.site_world import PASSWORD, World, cheap_passwords

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000
FOUR_MINUTES_MS = 240_000


@dataclass
class Prison:
    """A hub with cells and a desk, and a browser in which Rita has signed in."""

    world: World
    hub: Hub
    desk: Desk
    page: Page
    folder: Path
    touches: list[bytes]
    browser: Browser
    base: str

    def lays_finger(self, touch: int) -> None:
        """The desk takes the one finger that it is asked for, and the hub's worker answers."""
        (task,) = self._asked()
        self.hub.take(self.desk.finger(2, [self.touches[touch]], task=task.task, parts=[2]))
        assert self.hub.work.step()

    def enrols(self) -> None:
        """The fingers of an admission: one is taken, the others cannot be."""
        (task,) = self._asked()
        parts = task.positions
        self.hub.take(self.desk.finger(2, self.touches[1:], task=task.task, parts=parts))
        for position in parts:
            if position != 2:
                left = self.desk.taken(position, [], task=task.task, unusable=Unusable.BANDAGED)
                self.hub.take(self.desk.part(left, parts=parts))
        while self.hub.work.step():
            pass

    def _asked(self) -> list[DeskTask]:
        self.hub.at = datetime.now(UTC)
        self.hub.tick()
        return self.desk.hears()

    def rosa(self) -> Page:
        """The second records officer, at a screen of her own."""
        context = self.browser.new_context(viewport={"width": 800, "height": 480}, base_url=self.base)
        return signed_in(context.new_page(), "rosa")


def signed_in(page: Page, login: str) -> Page:
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/login"))
    return page


def _furnish(world: World) -> None:
    world.site()
    with session_scope(world.sessions) as session:
        for code in ("a-1", "a-2"):
            draft = CellDraft(code, code.upper(), "Block A", "Ground", "block-a", 2)
            define_cell(session, draft, reason="first", actor=OPERATOR, at=world.at)
    law = Policy(name="Two thirds", authority="Invented Act", effective_on=date(2000, 1, 1), serve="2/3")
    with session_scope(world.sessions) as session:
        row = policies.draft(session, law, actor=Actor("dora", "test"), at=world.at)
        policies.accept(session, row.id, actor=Actor("don", "test"), at=world.at)
    world.account("rita", Role.RECORDS_OFFICER)
    world.account("rosa", Role.RECORDS_OFFICER)
    world.person("Zetina", "Amado")


@pytest.fixture(scope="module")
def prison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prison]:
    assert CHROMIUM is not None, "Chromium is missing. Install it: apt-get install chromium"
    folder = tmp_path_factory.mktemp("hub")
    engine = make_engine(new_database(folder, migrated=True))
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.now()
    _furnish(world)
    terminals = Terminals(engine, world.sessions)
    hub = Hub(terminals, vault=world.vault, at=world.at)
    desk = Desk(terminals.grant(Gate("desk-1", clock=world.at)), hub)
    desk.arrive()
    server = make_server("localhost", 0, world.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        base = f"http://localhost:{server.server_port}"
        context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=base)
        page = signed_in(context.new_page(), "rita")
        finger = make_finger(1)
        touches = [write_png(finger.impression(touch, grey_levels=16)) for touch in (1, 2, 3)]
        yield Prison(world, hub, desk, page, folder, touches, browser, base)
        browser.close()
    server.shutdown()
    thread.join()
    engine.dispose()


def arrival(folder: Path) -> Arrival:
    today = datetime.now(SITE_ZONE).date()
    photo = folder / "face.jpg"
    made = io.BytesIO()
    Image.effect_noise((480, 600), 40).convert("RGB").save(made, format="JPEG")
    photo.write_bytes(made.getvalue())
    days = [f"{day:%m%d%Y}" for day in (today - timedelta(days=2), today + timedelta(days=60))]
    return Arrival("Zetino", "Amado", "RO 12/2026", days[0], days[1], "05011990", photo)


def test_somebody_comes_in_by_the_keyboard_alone(prison: Prison) -> None:
    clerk = Clerk(prison.page)
    number = admit(clerk, arrival(prison.folder), lambda: prison.lays_finger(0))
    assert number == "P-000002"
    expect(prison.page.locator("article, .paper").first).to_contain_text("ZETINO, Amado")
    print(clerk.table())  # seen with pytest -s: how the minutes of an admission are spent
    spent = {part.name: part.human_ms for part in clerk.parts}
    assert sum(spent.values()) < FOUR_MINUTES_MS, spent


def test_a_sentence_is_entered_and_its_date_verified_from_the_papers_by_another(prison: Prison) -> None:
    page, begun = prison.page, datetime.now(SITE_ZONE).date() - timedelta(days=40)
    prison.enrols()
    page.goto("/people/P-000002/sentences/new")
    page.select_option("#kind", "sentence_order")
    page.fill("#reference", "SO 44/2026")
    page.fill("#issued_on", begun.isoformat())
    page.select_option("#status", "SENTENCED")
    page.fill("#offence_1", "Theft")
    page.fill("#iccs_1", "0502 Theft")
    page.fill("#offence_on_1", (begun - timedelta(days=90)).isoformat())
    page.fill("#days_1", "60")
    page.click('button[value="try"]')
    expect(page.locator(".banner .place")).to_contain_text("Release")
    page.click('button[value="save"]')
    page.wait_for_url(lambda url: not url.endswith("/sentences/new"))
    rosa = prison.rosa()
    rosa.goto("/people/P-000002/release-date/verify")
    for box in rosa.locator("form .boxes input").all():
        name = box.get_attribute("name") or ""
        box.fill(begun.isoformat() if box.get_attribute("type") == "date" else "60" if "days" in name else "")
    rosa.click('button[value="verify"]')
    rosa.wait_for_url(lambda url: not url.endswith("/verify"))
    rosa.goto("/people/P-000002/release-date")
    expect(rosa.locator("main")).to_contain_text("rosa")
    rosa.close()


def vouch(page: Page, what: str, note: str) -> None:
    form = page.locator(f'form.word:has(input[name="what"][value="{what}"])').first
    form.locator("input[name=note]").fill(note)
    with page.expect_navigation():
        form.locator("button").click()


def test_nobody_goes_before_every_line_is_met_and_then_goes_with_a_signed_record(prison: Prison) -> None:
    page = prison.page
    page.goto("/people/P-000002/release")
    page.select_option("#reason", "sentence_served")
    page.click("main form button")
    page.wait_for_url("**/releases/*")
    case = page.url
    assert page.locator(".interlock li.open").count() >= 5
    expect(page.get_by_role("button", name="Release this person")).to_be_disabled()
    page.click('#identity button:has-text("desk")')
    page.wait_for_selector("[data-refresh]")
    prison.lays_finger(1)
    page.goto(case)
    expect(page.locator("#identity.met")).to_contain_text("By finger")
    with page.expect_navigation():
        page.click("#twins button")
    while page.locator("#orders.open").count():  # the remand order, and the sentence's own
        vouch(page, "orders", "ended by SO 44/2026")
    vouch(page, "conditions", "fare, letter of the clinic")
    gives_back(page)
    page.goto(case)
    expect(page.locator(".interlock li.open")).to_have_count(1)  # the second officer's line
    rosa = prison.rosa()
    rosa.goto(case)
    rosa.click('button[value="sign"]')
    expect(rosa.locator("#second.met")).to_contain_text("rosa")
    rosa.close()
    page.goto(case)
    page.click('button:has-text("Release this person")')
    page.wait_for_url("**/releases/records/*")
    expect(page.locator("main")).to_contain_text("Signed by this hub, unchanged since.")
    receipts_are_counted(prison)


def gives_back(page: Page) -> None:
    page.goto("/people/P-000002/property")
    page.check("input[name=item]")
    page.click("details.more summary")
    page.select_option("#give-signed", "drawn")
    signs(page, page.locator(".signature-pad:visible canvas"))
    page.click('form:has(input[value="give"]) button.button[type=submit]')
    page.wait_for_url("**/receipts/*")
    picture = page.locator("img.drawn")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 600


def signs(page: Page, pad: Locator) -> None:
    """Draw on the screen, as with a finger."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 20):
        page.mouse.move(box["x"] + 20 + 15 * step, box["y"] + (30 if step % 2 else 110))
    page.mouse.up()


def receipts_are_counted(prison: Prison) -> None:
    """The terminal says that its roll is later than the release: its copy of the templates is gone."""
    page = prison.page
    part = page.locator("[data-refresh]")
    expect(part).to_contain_text("desk-1")
    before = part.inner_text()
    with session_scope(prison.world.sessions) as session:
        version = current_version(session)
        row = session.scalars(select(ReleaseRecord)).one()
        assert is_genuine(prison.world.vault, row)
        assert [held.value.identity[:9] for held in current(session, RELEASE, person_id=2)] == ["By finger"]
        terminal = session.scalars(select(Terminal).where(Terminal.name == "desk-1")).one()
        note_receipt(session, terminal.id, terminal.name, version, datetime.now(UTC))
    page.reload()
    assert page.locator("[data-refresh]").inner_text() != before
