"""What waits for somebody, counted: capabilities bring the counts, handed in at start-up; pages show them as links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.web.door import Visitor


@dataclass(frozen=True)
class Waits:
    """One thing that may wait: `count` says how many for a login now, `urgent` that each is late already.

    `permission` is that of doing it; whoever holds it may open `address` too.
    """

    address: str
    words: Sentence
    permission: str
    count: Callable[[Session, str, datetime], int]
    urgent: bool = False


@dataclass(frozen=True)
class Waiting:
    """Everything that may wait, in the order in which it is shown."""

    things: tuple[Waits, ...]

    def of(self, session: Session, who: Visitor, at: datetime) -> list[tuple[Waits, int]] | None:
        """What waits for this visitor with how many, nothing of which there is none; None for whom nothing can."""
        mine = [thing for thing in self.things if who.may(thing.permission)]
        if not mine:
            return None
        counted = [(thing, thing.count(session, who.login, at)) for thing in mine]
        return [(thing, count) for thing, count in counted if count]
