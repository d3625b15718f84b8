"""What every chapter of the day plays on: the people and where they truly are, the gates, the desks, the hub's word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar

from simulation.day.cast import Cast
from simulation.day.control import Control
from simulation.day.exchanged import Exchanged
from simulation.day.post import Post
from simulation.day.records import Records
from simulation.day.truth import Heard, Played
from simulation.day.word import Word
from simulation.gatehouse import Gatehouse
from simulation.people import Walker
from simulation.prison import Prison
from simulation.truth import ADMIT, REFUSE

T = TypeVar("T")

PATIENCE_S: Final = 120.0
"""For what takes a second or two on a machine with nothing else to do."""
_LOOK_EVERY_S: Final = 0.25
_STEP_UPS: Final = 4
"""How often somebody steps up to a gate again that did not recognise them."""


class NotAsExpected(RuntimeError):  # noqa: N818 - says what happened
    """The day cannot go on: what was expected did not come about."""


@dataclass
class Stage:
    """The day as it is played. `where` is the zone in which each walker truly is, `told` says a line on the console.

    `records` is the records office where agencies take part; with `plays_on` somebody looks on and works some of it.
    """

    prison: Prison
    cast: Cast
    control: Control
    posts: dict[str, Post]
    word: Word
    told: Callable[[str], None]
    began_at: datetime
    exchanged: Exchanged
    records: Records | None = None
    plays_on: bool = False
    pause: Callable[[], None] = lambda: None
    played: Played = field(default_factory=Played)
    heard: Heard = field(default_factory=Heard)
    where: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._houses = {house.gate.terminal: house for house in self.prison.gatehouses}
        self._before = {name: threading.Lock() for name in self._houses}
        self._touches: dict[int, int] = {}
        self._rest = threading.Event()
        for walker in self.cast.everybody:
            self.where.setdefault(walker.index, walker.home)

    def house(self, terminal: str) -> Gatehouse:
        return self._houses[terminal]

    def number(self, walker: Walker) -> str:
        return self.cast.number(walker)

    def present(self, zone: str) -> list[Walker]:
        """Who truly is there."""
        return [one for one in self.cast.everybody if self.where[one.index] == zone]

    def scan(self, walker: Walker, terminal: str) -> str:
        """Somebody steps up to a gate until it says yes or no; its last lamp."""
        house = self._houses[terminal]
        with self._before[terminal]:
            for _ in range(_STEP_UPS):
                lamp = house.scan(walker, lambda: self._touch(walker)).result
                if lamp in {ADMIT, REFUSE}:
                    break
                self._rest.wait(1.0)
        if lamp == ADMIT:
            self.where[walker.index] = house.gate.to_zone
        return lamp

    def go(self, people: Iterable[Walker], *terminals: str) -> dict[str, list[str]]:
        """Each walks past these gates, one after the other, all of them at once; the lamps by person number."""

        def walk(walker: Walker) -> tuple[str, list[str]]:
            lamps: list[str] = []
            for terminal in terminals:
                lamps.append(self.scan(walker, terminal))
                if lamps[-1] != ADMIT:
                    break
            return self.number(walker), lamps

        with ThreadPoolExecutor() as pool:
            return dict(pool.map(walk, people))

    def go_through(self, people: Iterable[Walker], *terminals: str) -> None:
        """The same; NotAsExpected when a gate keeps anybody back."""
        for number, lamps in self.go(people, *terminals).items():
            if lamps[-1] != ADMIT:
                raise NotAsExpected(
                    f"{number} was to pass {terminals[len(lamps) - 1]}: its lamp said {lamps[-1]}"
                )

    def wait(self, what: str, look: Callable[[], T | None], patience_s: float = PATIENCE_S) -> T:
        """What `look` gives once it gives anything; NotAsExpected after `patience_s`."""
        found = self.wait_if(look, patience_s)
        if found is None:
            raise NotAsExpected(f"waited {patience_s:.0f} s for this, and it did not come about: {what}")
        return found

    def wait_if(self, look: Callable[[], T | None], patience_s: float = PATIENCE_S) -> T | None:
        """The same; None after `patience_s`."""
        deadline = time.monotonic() + patience_s
        while not (found := look()):
            if time.monotonic() > deadline:
                return None
            self._rest.wait(_LOOK_EVERY_S)
        return found

    def gates_know(self, people: Iterable[Walker], *terminals: str) -> None:
        """Waits until these gates hold the plan as it stands, and the fingers of these people."""
        numbers = {self.number(one) for one in people}
        self.wait(f"the plan at {', '.join(terminals)}", lambda: self.word.plans_held(terminals) or None)
        for terminal in terminals:
            self.wait(
                f"the fingers of {', '.join(sorted(numbers))} at {terminal}",
                lambda terminal=terminal: self.prison.knows(terminal, numbers) or None,  # type: ignore[misc]
            )

    def _touch(self, walker: Walker) -> int:
        self._touches[walker.index] = self._touches.get(walker.index, 0) + 1
        return self._touches[walker.index]


def now() -> datetime:
    return datetime.now(UTC)
