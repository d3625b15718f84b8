"""What a site hears when terminals return after hours: many late passages, and people who pass now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.custody.records import Person
from hub.database import session_scope
from hub.movements import feed
from hub.movements.actions import apply_passages
from hub.movements.lines import Line
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import FeedKind, Zone
from hub.movements.rules import Proof

from .site_world import World

JOURNAL = b"r" * 16


@dataclass
class Returning:
    """Terminals of a site that say what they held back."""

    world: World
    people: Sequence[Person]
    said: int = 0

    def passages(
        self, terminal: str, count: int, since: datetime, *, to_zone: str = "block-a", late: bool = True
    ) -> list[Passage]:
        """One passage a minute from `since`, refused every tenth."""
        with session_scope(self.world.sessions, writes=False) as session:
            zones = {zone.code: zone.id for zone in session.query(Zone)}
        return list(self._made(terminal, count, since, zones, to_zone, late))

    def _made(
        self, terminal: str, count: int, since: datetime, zones: dict[str, int], to_zone: str, late: bool
    ) -> Iterator[Passage]:
        for turn in range(count):
            self.said += 1
            person = self.people[self.said % len(self.people)]
            yield Passage(
                Proof(terminal, JOURNAL, self.said, since + timedelta(minutes=turn), True),
                "a-in",
                Place(zones["yard"], "yard"),
                Place(zones[to_zone], to_zone),
                "REFUSE" if turn % 10 == 9 else "ADMIT",
                "expected",
                Somebody(person.id, person.number, f"{person.surname.upper()}, {person.given}"),
                late=late,
            )

    def apply(self, passages: Sequence[Passage]) -> None:
        """As ingest takes in one batch."""
        with session_scope(self.world.sessions) as session:
            feed.append(session, apply_passages(session, passages, at=self.world.at))

    def comes_back(self, terminal: str, count: int, since: datetime, **where: Any) -> None:
        self.apply(self.passages(terminal, count, since, **where))

    def passes_now(self, terminal: str = "live") -> None:
        self.apply(self.passages(terminal, 1, self.world.at, late=False))

    def attempts_late(self, terminal: str, count: int) -> None:
        """Fingers that were asked for again, held back as well."""
        told = {"terminal": terminal, "journal": JOURNAL.hex(), "at": self.world.at.isoformat()}
        told |= {"late": True, "historical": True}
        first, self.said = self.said + 1, self.said + count
        lines = [
            Line(self.world.at, FeedKind.ATTEMPT, {**told, "sequence": number, "attempt": 1})
            for number in range(first, first + count)
        ]
        with session_scope(self.world.sessions) as session:
            feed.append(session, lines)
