"""What a stolen card gives away, and how long there is to tell whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.sentences import Sentence
from hub.terminals.protection.actions import HUB_RELEASED, NONE, TPM

DEFAULT_HOURS: Final = 72
"""Until a site writes its own: what many data protection laws give for telling the authority."""
DEFAULT_WORDS: Final = Sentence(
    "The data protection authority and the people whose fingers were on the card, as the law here says. "
    "An administrator can write down here whom exactly."
)

READABLE: Final = {
    NONE: Sentence(
        "Yes. The card was not protected: count on everything in the list being read by whoever has it."
    ),
    HUB_RELEASED: Sentence(
        "Not from the card: half of the key lay at the hub, and the hub has destroyed it. "
        "Only a device that was never switched off since could still hold the whole key."
    ),
    TPM: Sentence(
        "Not from the card alone: its key never leaves the chip of the device. The whole device, "
        "switched on, still opens its own copy: count on it if the device was taken with the card."
    ),
}

REPORTED: Final = "reported"
HALF_DESTROYED: Final = "half_destroyed"
PINS_TAKEN: Final = "pins_taken"
STEPS: Final = {
    REPORTED: Sentence("Reported, and cut off"),
    HALF_DESTROYED: Sentence("The hub destroyed its half of the key"),
    PINS_TAKEN: Sentence(
        "The PINs on the card were taken back from all terminals: their officers set new ones"
    ),
}
"""What the hub does by itself; every other step is in the words of whoever took it."""


@dataclass(frozen=True)
class Clock:
    """How long ago a theft was reported, and how long there is left; `left` is negative when it is over."""

    since: timedelta
    left: timedelta


def clock(reported_at: datetime, hours: int, now: datetime) -> Clock:
    """The breach clock runs from the report."""
    since = now - reported_at
    return Clock(since, timedelta(hours=hours) - since)


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
