"""A whole admission by the keyboard, page by page: what the benchmark times and the browser test walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulation.bench.keystrokes import CAMERA_MS, HAND_MS, MIND_MS, POINT_MS, TOUCH_MS, Clerk

QUESTIONS: Final = 8
"""Of health, for a man; nobody asks him whether he is pregnant."""


@dataclass(frozen=True)
class Arrival:
    """Somebody at the gate. Days as the browser's field takes them: month, day, year without anything between."""

    surname: str
    given: str
    reference: str
    issued: str
    ends: str
    born: str
    photo: Path


def admit(clerk: Clerk, who: Arrival, one_finger: Callable[[], None]) -> str:
    """From the list to the printed slip; gives the person's number. `one_finger` lays a finger on the desk's glass."""
    clerk.begins("begin")
    clerk.page.goto("/people/admit")
    clerk.at("main form button")
    clerk.goes_on("Enter")
    _order(clerk, who)
    _known(clerk, one_finger)
    _who(clerk, who)
    _arrival(clerk)
    clerk.begins("health")
    clerk.asks(["n"] * QUESTIONS)
    clerk.goes_on()
    clerk.begins("property")
    clerk.answers("#what_0", "Watch, grey")
    clerk.answers("#seal_0", "S 17")
    clerk.answers("#property_signed", "list 44")
    clerk.goes_on("Enter")
    clerk.begins("photo and fingers")
    clerk.page.set_input_files("#photo_images", str(who.photo))
    clerk.spends(HAND_MS + 2 * POINT_MS + CAMERA_MS)
    clerk.goes_on()
    clerk.begins("cell")
    clerk.spends(2 * MIND_MS)
    clerk.goes_on("Enter")
    clerk.begins("check and admit")
    clerk.spends(4 * MIND_MS)
    clerk.goes_on("Enter")
    return _slip(clerk)


def _order(clerk: Clerk, who: Arrival) -> None:
    clerk.begins("order")
    clerk.answers("#order_kind", "Rem")
    clerk.answers("#order_reference", who.reference)
    clerk.answers("#issued_on", who.issued)
    clerk.answers("#expires_on", who.ends)
    clerk.answers("#court", "Belize City")
    clerk.answers("#named_surname", who.surname)
    clerk.answers("#named_given", who.given)
    clerk.goes_on("Enter")


def _known(clerk: Clerk, one_finger: Callable[[], None]) -> None:
    clerk.begins("known?")
    clerk.at('button[value="desk"]')
    clerk.press("Enter")
    clerk.page.wait_for_selector("[data-refresh]")
    clerk.spends(TOUCH_MS)
    one_finger()
    clerk.page.wait_for_selector(".held")
    clerk.spends(2 * MIND_MS)
    clerk.at("input[name=known]")
    clerk.press("ArrowUp")  # from the first file round to the last choice, which is nobody of these
    clerk.goes_on("Enter")


def _who(clerk: Clerk, who: Arrival) -> None:
    clerk.begins("who")
    clerk.answers("#born_on", who.born)
    clerk.answers("#sex", "M")
    clerk.answers("#country", "Beliz")
    clerk.answers("#language", "Eng")
    clerk.goes_on()


def _arrival(clerk: Clerk) -> None:
    clerk.begins("arrival")
    clerk.answers("#brought_by", "PC 113 Coc")
    clerk.answers("#arrested_where", "King Street")
    clerk.answers("#reasons", "Theft")
    clerk.at('[data-fill="injuries"]')
    clerk.spends(MIND_MS)
    clerk.press("Enter")
    clerk.at('input[name="complained"]')
    clerk.asks(["n"])
    clerk.at("#informed_of_rules")
    clerk.press("Space")
    clerk.answers("#kin_name", "Rosa Ek")
    clerk.answers("#kin_phone", "6001234")
    clerk.goes_on()


def _slip(clerk: Clerk) -> str:
    clerk.begins("slip")
    number = clerk.page.locator("p.figure").first.inner_text().split(",")[0]
    clerk.at('a[href$="/slip"]')
    clerk.goes_on("Enter")
    clerk.at("main form button")
    clerk.goes_on("Enter")
    return number.strip()
