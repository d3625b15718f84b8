"""A clerk before a real page, timed by the keystroke-level model (Card, Moran and Newell, CACM 23:7, 1980)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY_MS: Final = 280
"""One key, by somebody who types 40 words a minute: the model's figure for an average non-secretary."""
POINT_MS: Final = 1_100
MIND_MS: Final = 1_350
"""Before each answer: looking at the paper, or up at the page."""
HAND_MS: Final = 400
"""From the keys to the mouse or back."""
ASK_MS: Final = 3_500
"""A question that is asked aloud, and its answer."""
TOUCH_MS: Final = 5_000
"""A finger on the glass, told where to put it: 1.5 s, and 3.5 s of wire for one image at 115,200 baud."""
CAMERA_MS: Final = 6_000
MOST_TABS: Final = 60


@dataclass
class Part:
    """One page of the act: what the person before it needs by the model, and how long this machine took to go on."""

    name: str
    keys: int = 0
    answers: int = 0
    human_ms: int = 0
    waited_ms: int = 0


@dataclass
class Clerk:
    """Works a page with the keyboard, and counts. A page that cannot be worked so fails."""

    page: Page
    parts: list[Part] = field(default_factory=list)

    def begins(self, name: str) -> None:
        """What follows is counted for this page."""
        self.parts.append(Part(name))

    def spends(self, ms: int) -> None:
        """Time that is not spent at the keys."""
        self.parts[-1].human_ms += ms

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.parts[-1].keys += 1
        self.spends(KEY_MS)

    def at(self, selector: str) -> None:
        """Tab until there; nothing where the focus is there already. AssertionError when no key leads there."""
        for _ in range(MOST_TABS):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached with the keyboard.")

    def answers(self, selector: str, keys: str) -> None:
        """Type an answer into the field, or the first letters of a choice."""
        self.at(selector)
        self.spends(MIND_MS)
        self.parts[-1].answers += 1
        self.page.keyboard.type(keys)
        self.parts[-1].keys += len(keys)
        self.spends(KEY_MS * len(keys))

    def asks(self, letters: Sequence[str]) -> None:
        """Questions that are asked aloud, each answered with one key that leads on to the next."""
        for letter in letters:
            self.spends(ASK_MS)
            self.parts[-1].answers += 1
            self.press(letter)

    def goes_on(self, key: str = "Control+Enter") -> None:
        """Save this page by the keyboard, and wait for the next."""
        before = self.page.url
        self.spends(KEY_MS if "+" in key else 0)
        self.press(key)
        began = time.monotonic()
        self.page.wait_for_url(lambda url: url != before)
        self.page.wait_for_load_state()
        self.parts[-1].waited_ms += round(1000 * (time.monotonic() - began))

    def table(self) -> str:
        """A line a page, and the sum."""
        told = [(one.name, one.keys, one.answers, one.human_ms, one.waited_ms) for one in self.parts]
        sums = [sum(column) for column in list(zip(*(line[1:] for line in told), strict=True))]
        lines = [("page", "keys", "answers", "person s", "machine s")]
        lines += [
            (name, str(keys), str(answers), f"{human / 1000:.1f}", f"{waited / 1000:.1f}")
            for name, keys, answers, human, waited in [*told, ("all", *sums)]
        ]
        return "\n".join(f"{a:<20}{b:>6}{c:>9}{d:>10}{e:>11}" for a, b, c, d, e in lines)
