"""One whole stay in a real browser: in by the keyboard alone, a date that two officers signed, and out again."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.biometrics.images import write_png
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions, session_scope
from hub.movements.cells.defining import CellDraft, define_cell
from hub.web.formats import SITE_ZONE
from matching.synthesis import make_finger
from simulation.bench.admission_keys import Arrival, admit
from simulation.bench.keystrokes import Clerk

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
    fingers: dict[str, bytes]

    def lays_finger(self, name: str) -> None:
        """The desk takes the one finger that it is asked for, and the hub's worker answers."""
        self.hub.at = datetime.now(UTC)
        self.hub.tick()
        (task,) = self.desk.hears()
        self.hub.take(self.desk.finger(2, [self.fingers[name]], task=task.task, parts=[2]))
        assert self.hub.work.step()


def _furnish(world: World) -> None:
    world.site()
    with session_scope(world.sessions) as session:
        for code in ("a-1", "a-2"):
            draft = CellDraft(code, code.upper(), "Block A", "Ground", "block-a", 2)
            define_cell(session, draft, reason="first", actor=OPERATOR, at=world.at)
    world.account("rita", Role.RECORDS_OFFICER)
    world.account("rosa", Role.RECORDS_OFFICER)


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
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/login")
        page.fill("#login", "rita")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: not url.endswith("/login"))
        fingers = {
            name: write_png(make_finger(seed).impression(1, grey_levels=16)) for name, seed in (("his", 1),)
        }
        yield Prison(world, hub, desk, page, folder, fingers)
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
    number = admit(clerk, arrival(prison.folder), lambda: prison.lays_finger("his"))
    assert number == "P-000001"
    expect(prison.page.locator("article, .paper").first).to_contain_text("ZETINO, Amado")
    spent = {part.name: part.human_ms for part in clerk.parts}
    assert sum(spent.values()) < FOUR_MINUTES_MS, spent
