"""Two files side by side: what each says under each kind of fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.biometrics.actions import EnrolledFinger, fingers_of
from hub.biometrics.photos import people_with_photo
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import read_value
from hub.custody.facts.reading import holding, rows_of
from hub.custody.facts.records import Fact
from hub.custody.merging.parting import Later
from hub.custody.merging.reading import family_of
from hub.custody.records import Booking, Person
from hub.custody.visible import May, visible
from hub.sentences import Sentence


@dataclass(frozen=True)
class Side:
    """One of the two: the person, other numbers joined to it, stays (newest first), fingers, photo or not."""

    person: Person
    numbers: tuple[str, ...]
    stays: Sequence[Booking]
    fingers: Sequence[EnrolledFinger]
    has_photo: bool
    says: dict[str, list[Sentence]]

    @property
    def open_stay(self) -> Booking | None:
        return next((stay for stay in self.stays if stay.released_at is None), None)


@dataclass(frozen=True)
class Line:
    """What both say under one kind; `agrees` where it is the same."""

    words: Sentence
    one: Sequence[Sentence]
    other: Sequence[Sentence]

    @property
    def agrees(self) -> bool:
        return [str(each) for each in self.one] == [str(each) for each in self.other]


def side(session: Session, person: Person, may: May) -> Side:
    """One file as it stands, without what the visitor may not see."""
    ids = family_of(session, person.id)
    members = session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)).all()
    stays = session.scalars(
        select(Booking).where(Booking.person_id.in_(ids)).order_by(Booking.id.desc())
    ).all()
    fingers = [finger for member in ids for finger in fingers_of(session, member)]
    return Side(
        person,
        tuple(member.number for member in members if member.id != person.id),
        stays,
        fingers,
        bool(people_with_photo(session, [person.id])),
        _says(visible(rows_of(session, ids), may)),
    )


def lines(one: Side, other: Side) -> list[Line]:
    """Each kind that either of the two says something of, in the order of the catalogue."""
    return [
        Line(kind.words, one.says.get(name, []), other.says.get(name, []))
        for name, kind in KINDS.items()
        if name in one.says or name in other.says
    ]


def said_by(rows: Sequence[Fact], may: May) -> list[tuple[Fact, Sentence, Sentence]]:
    """Rows with the words of their kind and what they say; of what may not be seen, not even its kind."""
    shown = {row.id for row in visible(list(rows), may)}
    hidden = Sentence("something"), Sentence("not shown to this role")
    found = []
    for row in rows:
        kind = KINDS[row.kind]
        words, text = (kind.words, kind.say(read_value(kind, row.value))) if row.id in shown else hidden
        found.append((row, words, text))
    return found


def later_lines(later: Later, may: May) -> list[tuple[Fact, Sentence, Sentence]]:
    """What has to be given to one of the two, in words."""
    return said_by(later.rows, may)


def _says(rows: list[Fact]) -> dict[str, list[Sentence]]:
    found: dict[str, list[Sentence]] = {}
    for name in {row.kind for row in rows}:
        kind = KINDS[name]
        said = [kind.say(held.value) for held in holding(kind, rows)]
        if said:
            found[name] = said
    return found
