"""A session that ends while somebody fills a form in: what they typed waits for them, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from hub.accounts.permissions import Role
from hub.accounts.records import LoginSession
from hub.biometrics.vault import Vault
from hub.custody.legal import ORDER
from hub.database import make_engine, make_sessions, session_scope
from hub.migrations import upgrade

from ..unit.hub.inbox_world import Inbox, inbox, order
from ..unit.hub.site_world import PASSWORD, World, cheap_passwords
from .browsing import new_window, served, signed_in
from .reader import Reader
from .test_accounts_in_browser import give_key

JUDGE = "#p-order-judge"
ACCEPT = "Accept, and record what is ticked"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    made = inbox(world)
    for login in ("rita", "karla", "rosa"):
        world.account(login, Role.RECORDS_OFFICER)
    yield made
    world.close()


@pytest.fixture(scope="module")
def address(desk: Inbox) -> Iterator[str]:
    with served(desk.world.app()) as found:
        yield found


def days_ago(days: int) -> date:
    return (datetime.now(UTC) - timedelta(days=days)).date()


def end_sessions(desk: Inbox) -> None:
    with session_scope(desk.world.sessions) as session:
        session.execute(update(LoginSession).values(ended_at=desk.world.at))


def correcting(page: Page, desk: Inbox, message_id: str, judge: str) -> str:
    """An order on the screen with a correction typed; gives its number. The session ends behind it."""
    when = days_ago(2)
    number = desk.send(
        "order", order(message_id, reference=message_id, issued_on=when, valid_until=None)
    ).number
    page.goto(f"/inbox/{number}")
    page.get_by_text("Correct this: Order to hold").click()
    page.fill(JUDGE, judge)
    end_sessions(desk)
    page.get_by_role("button", name=ACCEPT).click()
    expect(page.locator("#door-login")).to_be_focused()
    return number


def come_back(page: Page, login: str) -> None:
    page.fill("#door-login", login)
    page.fill("#door-password", PASSWORD)
    page.locator("[data-door] button[type=submit]").click()


def test_what_was_typed_waits_for_who_typed_it(browser: Browser, desk: Inbox, address: str) -> None:
    page = signed_in(new_window(browser, 1280, 800, address=address), address, "rita")
    number = correcting(page, desk, "s-1", "R. Vasquez")
    assert desk.held(ORDER)[-1].judge != "R. Vasquez"
    page.fill("#door-login", "rita")
    page.fill("#door-password", "not the password")
    page.keyboard.press("Enter")
    expect(page.locator("[data-door] [role=alert]")).to_be_visible()
    assert Reader().faults(page) == []
    come_back(page, "rita")
    expect(page.get_by_text("You are signed in again")).to_be_visible()
    page.get_by_role("button", name="Back to the page").click()
    expect(page.get_by_role("button", name=ACCEPT)).to_be_focused()
    expect(page.locator(JUDGE)).to_have_value("R. Vasquez")
    assert desk.read(number).item.decided_at is None, "nothing is sent before its owner presses again"
    page.keyboard.press("Enter")
    expect(page.locator(".chip", has_text="accepted with corrections")).to_be_visible()
    assert desk.held(ORDER)[-1].judge == "R. Vasquez"
    page.context.close()


def test_somebody_else_finds_nothing_of_it(browser: Browser, desk: Inbox, address: str) -> None:
    page = signed_in(new_window(browser, 800, 480, address=address), address, "rita")
    number = correcting(page, desk, "s-2", "Secret words")
    come_back(page, "karla")
    expect(page.get_by_text("Somebody else is signed in here now")).to_be_visible()
    assert page.locator(JUDGE).count() == 0
    assert (
        page.evaluate("[...document.querySelectorAll('input')].some((one) => one.value === 'Secret words')")
        is False
    )
    page.keyboard.press("Escape")
    page.wait_for_url("**/people")
    page.go_back()
    expect(page.locator("main")).not_to_contain_text("Secret words")
    assert desk.read(number).item.decided_at is None
    page.context.close()


def test_in_another_tab_as_well(browser: Browser, desk: Inbox, address: str) -> None:
    page = signed_in(new_window(browser, 1280, 800, address=address), address, "rita")
    number = correcting(page, desk, "s-3", "R. Vasquez")
    page.keyboard.press("Escape")
    other = page.context.new_page()
    signed_in(other, address, "rita")
    other.close()
    expect(page.locator(JUDGE)).to_have_value("R. Vasquez")
    page.get_by_role("button", name=ACCEPT).click()
    expect(page.locator(".chip", has_text="accepted with corrections")).to_be_visible()
    assert desk.read(number).item.decided_by == "rita"
    page.context.close()


def test_a_colleague_who_signs_in_beside_leaves_nothing_of_it_either(
    browser: Browser, desk: Inbox, address: str
) -> None:
    page = signed_in(new_window(browser, 1280, 800, address=address), address, "rita")
    number = correcting(page, desk, "s-5", "Secret words")
    page.keyboard.press("Escape")
    other = page.context.new_page()
    signed_in(other, address, "karla")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("Somebody else is signed in here now")).to_be_visible()
    assert page.locator(JUDGE).count() == 0
    assert desk.read(number).item.decided_at is None
    page.context.close()


def test_with_a_second_factor_as_well(browser: Browser, desk: Inbox, address: str) -> None:
    page = signed_in(new_window(browser, 1280, 800, address=address), address, "rosa")
    give_key(page)
    page.goto("/account/key")
    page.fill("#label", "blue key")
    page.click("[data-security-key]")
    page.wait_for_selector("ol.codes")
    correcting(page, desk, "s-4", "R. Vasquez")
    come_back(page, "rosa")
    page.locator("[data-door] [data-security-key]").click()
    expect(page.get_by_text("You are signed in again")).to_be_visible()
    page.get_by_role("button", name="Back to the page").click()
    expect(page.locator(JUDGE)).to_have_value("R. Vasquez")
    page.context.close()


def test_a_hub_that_does_not_answer_costs_nobody_their_words(
    browser: Browser, desk: Inbox, address: str
) -> None:
    page = signed_in(new_window(browser, 1280, 800, address=address), address, "rita")
    when = days_ago(2)
    number = desk.send("order", order("s-6", reference="s-6", issued_on=when, valid_until=None)).number
    page.goto(f"/inbox/{number}")
    page.get_by_text("Correct this: Order to hold").click()
    page.fill(JUDGE, "R. Vasquez")
    page.context.set_offline(True)
    page.get_by_role("button", name=ACCEPT).click()
    expect(page.get_by_text("The hub does not answer")).to_be_visible()
    page.context.set_offline(False)
    page.keyboard.press("Escape")
    expect(page.locator(JUDGE)).to_have_value("R. Vasquez")
    page.keyboard.press("Enter")
    expect(page.locator(".chip", has_text="accepted with corrections")).to_be_visible()
    page.context.close()
