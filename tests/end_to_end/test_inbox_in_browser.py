"""What agencies send, in a real browser: accepted, corrected, a twin chosen, a stranger refused, a copy shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.custody.legal import LEGAL_STATUS, ORDER, LegalStatus
from hub.custody.sentencing.forms import SENTENCE
from hub.database import make_engine, make_sessions
from hub.migrations import upgrade
from hub.sharing.inbox.messages import BailMessage, BailOutcome, Subject
from hub.sharing.inbox.records import State

from ..unit.hub.inbox_world import ANA, COURT, Inbox, inbox, order, sentence
from ..unit.hub.site_world import World, cheap_passwords
from .browsing import new_window, served, signed_in
from .reader import Reader


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    made = inbox(world)
    world.account("rita", Role.RECORDS_OFFICER)
    yield made
    world.close()


@pytest.fixture(scope="module")
def page(browser: Browser, desk: Inbox) -> Iterator[Page]:
    """A records officer with the work list."""
    with served(desk.world.app()) as address:
        shown = signed_in(new_window(browser, 1280, 800, address=address), address, "rita")
        yield shown
        shown.context.close()


def days_ago(days: int) -> date:
    return (datetime.now(UTC) - timedelta(days=days)).date()


def opened(page: Page, number: str) -> None:
    page.goto("/inbox")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").click()
    page.wait_for_url(f"**/inbox/{number}")


def test_a_copy_is_shown_with_the_first_and_needs_no_decision(page: Page, desk: Inbox) -> None:
    first = desk.send("order", order("o-1", issued_on=days_ago(2), valid_until=None)).number
    second = desk.send(
        "order", order("o-2", reference="RO o-1", issued_on=days_ago(2), valid_until=None)
    ).number
    page.goto(f"/inbox/{second}")
    expect(page.locator(".flags")).to_contain_text(first)
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.goto("/inbox?part=done")
    expect(page.get_by_role("row").filter(has_text=second)).to_contain_text("sent twice")


def test_an_order_is_corrected_before_it_is_accepted(page: Page, desk: Inbox) -> None:
    number = next(one for one in ("IN-000001", "IN-000002") if desk.receipt(one).state is State.RECEIVED)
    opened(page, number)
    page.get_by_text("Correct this: Order to hold").click()
    page.fill("#p-order-judge", "R. Vasquez")
    page.get_by_role("button", name="Accept, and record what is ticked").click()
    expect(page.locator(".chip", has_text="accepted with corrections")).to_be_visible()
    assert desk.receipt(number).corrections == ("Order to hold, Judge or magistrate: nothing -> R. Vasquez",)
    assert desk.held(ORDER)[-1].judge == "R. Vasquez"


def test_a_sentence_is_accepted_and_only_the_tick_changes_the_legal_status(page: Page, desk: Inbox) -> None:
    number = desk.send("sentence", sentence(imposed_on=days_ago(2))).number
    opened(page, number)
    expect(page.locator(".reckoned")).to_contain_text("no sentence")
    tick = page.locator("input[name=record-status]")
    expect(tick).not_to_be_checked()
    tick.check()
    page.get_by_role("button", name="Try it, record nothing").click()
    expect(page.locator("input[name=record-status]")).to_be_checked()
    assert desk.held(SENTENCE) == []
    page.get_by_role("button", name="Accept, and record what is ticked").click()
    expect(page.locator("#became")).to_be_visible()
    assert len(desk.held(SENTENCE)) == 2
    assert desk.held(LEGAL_STATUS)[-1].status is LegalStatus.SENTENCED


def test_of_two_twins_the_officer_chooses_one(page: Page, desk: Inbox) -> None:
    twin = desk.person("Novelo", "Ana", date(1992, 1, 1))
    subject = msgspec.structs.replace(ANA, number="")
    bail = BailMessage(
        message_id="b-1", issued_at=datetime.now(UTC), subject=subject, court=COURT, case="C 7",
        reference="B 1", outcome=BailOutcome.MET, issued_on=days_ago(1),
    )  # fmt: skip
    number = desk.send("bail", bail).number
    opened(page, number)
    expect(page.locator(".people .one")).to_have_count(3)
    page.set_viewport_size({"width": 800, "height": 480})
    assert Reader().faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name=f"It is {twin.number}").click()
    expect(page.locator("h2#change")).to_be_visible()
    page.get_by_role("button", name="Accept, and record what is ticked").click()
    expect(page.locator("#became")).to_be_visible()
    assert desk.read(number).item.person_id == twin.id


def test_a_stranger_is_refused_with_the_keyboard_and_the_court_reads_why(page: Page, desk: Inbox) -> None:
    subject = Subject(surname="Tzul", given="Marvin", born_on=date(1988, 7, 2), sex="M")
    number = desk.send("order", order("o-9", subject=subject)).number
    opened(page, number)
    expect(page.locator(".flags")).to_contain_text("nobody here by that")
    page.get_by_text("Refuse it", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.locator("#why").focus()
    page.keyboard.type("nobody here")
    page.keyboard.press("Tab")
    page.keyboard.type("Nobody of this name and birth is or was here.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".banner", has_text="Nobody of this name")).to_be_visible()
    receipt = desk.receipt(number)
    assert (receipt.state, receipt.reason_code) == (State.REFUSED, "unknown_person")


def test_everybody_can_use_the_list_on_a_small_screen(page: Page, desk: Inbox) -> None:
    desk.send("sentence", sentence("s-9", imposed_on=days_ago(3), reference="SO 9"))
    page.set_viewport_size({"width": 800, "height": 480})
    page.goto("/inbox")
    assert Reader().faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
