"""The page for ministers and those of publications in a real browser: narrow and wide, dark, heard, and on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from sqlalchemy import event

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions

from ..databases import new_database
from ..unit.hub.conftest import hurry
from ..unit.hub.publishing_world import prison_of, published
from ..unit.hub.site_world import World, cheap_passwords, sign_in
from .browsing import served
from .reader import Reader

PAGES = ("/figures/glance", "/publications", "/publications/1")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and session of a site with a year published."""
    folder: Path = tmp_path_factory.mktemp("site")
    engine = make_engine(new_database(folder, migrated=True))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurry)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    prison_of(world)
    published(world)
    world.account("dora", Role.DIRECTOR)
    app = world.app()
    client = app.test_client()
    assert sign_in(client, "dora").status_code == 303
    cookie = client.get_cookie("pims-session")
    assert cookie is not None
    with served(app, "127.0.0.1") as address:
        yield address, cookie.value
    world.close()


def opened(
    browser: Browser, site: tuple[str, str], path: str, wide: int, high: int, locale: str = "en"
) -> Page:
    context = browser.new_context(viewport={"width": wide, "height": high}, locale=locale)
    context.add_cookies([{"name": "pims-session", "value": site[1], "url": site[0]}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    answer = page.goto(site[0] + path)
    assert answer is not None
    assert answer.status == 200
    assert faults == []
    return page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("wide", "high", "locale"), [(1280, 800, "en"), (800, 480, "es")])
def test_each_page_fits_and_can_be_heard(
    browser: Browser, site: tuple[str, str], path: str, wide: int, high: int, locale: str
) -> None:
    page = opened(browser, site, path, wide, high, locale)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert Reader().faults(page) == []
    page.context.close()


def test_the_page_for_ministers_is_one_sheet_of_paper(browser: Browser, site: tuple[str, str]) -> None:
    page = opened(browser, site, "/figures/glance", 1280, 800)
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    words = paper.pages[0].extract_text()
    assert "What is not known" in words
    assert "36" in words
    page.context.close()
