"""A program's certificate in a real browser: a file is handed in, compared, certified meanwhile, and fetched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from playwright.sync_api import Browser, Page, expect

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade
from hub.sharing.partners.authority import prepare_agencies
from hub.sharing.partners.certifier import Certifier

from ..unit.hub.certificates_world import LIST, PAGE, csr, key_of, private
from ..unit.hub.sharing_world import open_agencies
from ..unit.hub.site_world import World, cheap_passwords, post
from .browsing import new_window, served, signed_in
from .reader import Reader


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    open_agencies(world)
    admin = world.browser("adam", Role.ADMINISTRATOR)
    post(admin, LIST, {"act": "add", "agency": "police", "client": "police-records"})
    world.account("ada", Role.ADMINISTRATOR)
    yield world
    world.close()


@pytest.fixture(params=["en-GB", "es-BZ"])
def page(browser: Browser, site: World, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An administrator at the smallest screen."""
    with served(site.app()) as address:
        shown = signed_in(
            new_window(browser, 800, 480, locale=request.param, address=address), address, "ada"
        )
        yield shown
        shown.context.close()


def as_it_should_be(page: Page) -> None:
    """Nothing for axe to find, and nothing wider than the window."""
    assert Reader().faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_a_file_to_a_certificate_without_loading_the_page_again(
    page: Page, site: World, tmp_path: Path
) -> None:
    spanish = page.locator("html").get_attribute("lang") == "es"
    kind = "secp384r1" if spanish else "secp256r1"
    keys = site.folder / "agency-keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    prepare_agencies(keys, at=site.at)
    page.goto(PAGE)
    as_it_should_be(page)
    page.fill("#pem", private("rsa 2048").decode())
    page.locator("form[enctype] button").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#pem")).to_have_value("")
    as_it_should_be(page)
    request = tmp_path / "client.csr"
    request.write_bytes(csr(kind))
    page.set_input_files("#file", request)
    page.locator("form[enctype] button").click()
    confirm = page.locator("form", has=page.locator("[name=heard]"))
    confirm.locator("button").click()
    expect(page.locator("[name=heard]")).to_be_focused()  # the browser itself asks for it
    as_it_should_be(page)
    page.locator("[name=heard]").check()
    confirm.locator("button").click()
    expect(page.locator("[data-refresh]")).to_have_count(1)
    before = page.get_by_role("link", name="client.pem").count()
    page.evaluate("window.stayed = true")
    assert Certifier(site.sessions, keys).tick(site.at) == 1
    expect(page.get_by_role("link", name="client.pem")).to_have_count(before + 1)
    assert page.evaluate("window.stayed")
    as_it_should_be(page)
    with page.expect_download() as fetched:
        page.get_by_role("link", name="client.pem").first.click()
    made = x509.load_pem_x509_certificate(fetched.value.path().read_bytes())
    assert made.public_key() == key_of(kind).public_key()
    page.goto(LIST)
    as_it_should_be(page)
