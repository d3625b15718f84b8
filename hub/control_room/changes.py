"""What one feed item changes on a screen: the line itself, and where the person is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.feed_lines import FeedLine, feed_line, persons_in
from hub.control_room.picture import PersonLine, person_line
from hub.custody.records import Person
from hub.movements.records import FeedItem, Position, Zone


@dataclass(frozen=True)
class Change:
    """A line and, when it is about somebody, that person's line as it stands now."""

    id: int
    line: FeedLine
    person: PersonLine | None

    def document(self) -> dict[str, Any]:
        """The line's own fields, with `position` beside them."""
        return {**self.line, "position": self.person}


def changes_of(session: Session, items: Sequence[FeedItem]) -> list[Change]:
    """One change for each item, in their order."""
    people = _people(session, persons_in(items))
    return [Change(item.id, feed_line(item), people.get(str(item.payload.get("person")))) for item in items]


def _people(session: Session, numbers: set[str]) -> dict[str, PersonLine]:
    if not numbers:
        return {}
    rows = session.execute(
        select(Person, Position, Zone.code)
        .outerjoin(Position, Position.person_id == Person.id)
        .outerjoin(Zone, Zone.id == Position.zone_id)
        .where(Person.number.in_(numbers))
    )
    return {person.number: person_line(person, position, zone) for person, position, zone in rows}
