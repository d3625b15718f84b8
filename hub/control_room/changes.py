"""What one feed item changes on a screen: the line itself, and where the person is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.feed_lines import FeedLine, feed_line, persons_in
from hub.control_room.lines import PersonLine
from hub.control_room.picture import Judge
from hub.custody.records import Person
from hub.movements.records import FeedItem
from hub.movements.whereabouts.places import places


@dataclass(frozen=True)
class Change:
    """A line and, when it is about somebody, that person's line as it stands now."""

    id: int
    line: FeedLine
    person: PersonLine | None

    def document(self) -> dict[str, Any]:
        """The line's own fields, with `position` beside them."""
        return {**self.line, "position": self.person}

    def concerns(self, zones: frozenset[str]) -> bool:
        """Whether it tells of one of these zones."""
        at = {self.line.get("from_zone"), self.line.get("to_zone")}
        return not zones.isdisjoint(at) or (self.person is not None and self.person.zone in zones)


def changes_of(session: Session, items: Sequence[FeedItem], now: datetime) -> list[Change]:
    """One change for each item, in their order."""
    people = _people(session, persons_in(items), now)
    return [Change(item.id, feed_line(item), people.get(str(item.payload.get("person")))) for item in items]


def _people(session: Session, numbers: set[str], now: datetime) -> dict[str, PersonLine]:
    if not numbers:
        return {}
    wanted = select(Person.id, Person.number, Person.surname, Person.given).where(Person.number.in_(numbers))
    rows = session.execute(wanted).all()
    found, judge = places(session, now, people=[row[0] for row in rows]), Judge(session, now)
    return {row[1]: judge.line(row[1], row[2], row[3], found.get(row[0]), None) for row in rows}
