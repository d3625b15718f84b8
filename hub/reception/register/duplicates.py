"""Who in a file may be somebody already: in the same file, or on the roll. Found in bulk, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import rows_of_kind, steps
from hub.custody.facts.records import Act
from hub.custody.records import Booking, Person
from hub.custody.search.projection import squashed
from hub.custody.search.records import SearchEntry
from hub.custody.search.sounds import name_words, sounds
from hub.custody.who.identifiers import IDENTIFIER
from hub.reception.register.rules import Entry

NEAR: Final = timedelta(days=730)


class Why(StrEnum):
    """What two have in common."""

    NUMBER = "number"
    NAME_AND_BIRTH = "name_birth"
    SOUND = "sound"


@dataclass(frozen=True)
class Twin:
    """Somebody whom a row may tell about: a person on the roll, or whoever an earlier row made."""

    why: Why
    person_id: int | None = None
    line: int | None = None


@dataclass(frozen=True)
class _Known:
    surname: str
    given: str
    born_on: date | None
    person_id: int | None
    line: int | None


@dataclass
class Register:
    """Everybody known so far: the roll first, then row by row what the file adds."""

    numbers: dict[str, _Known] = field(default_factory=dict)
    names: dict[tuple[str, str], list[_Known]] = field(default_factory=dict)
    heard: dict[tuple[str, str], list[_Known]] = field(default_factory=dict)

    def twin_of(self, entry: Entry) -> Twin | None:
        """The likeliest; a number counts for more than a name and birth, these for more than a sound."""
        for number in _numbers(entry):
            if number in self.numbers:
                return _twin(Why.NUMBER, self.numbers[number])
        surname, given = _folded(entry.surname), _folded(entry.given)
        for known in self.names.get((surname, given), ()):
            if known.born_on == entry.born_on or known.born_on is None or entry.born_on is None:
                return _twin(Why.NAME_AND_BIRTH, known)
        for key in _keys(surname, given):
            for known in self.heard.get(key, ()):
                near = (
                    known.born_on is None
                    or entry.born_on is None
                    or abs(known.born_on - entry.born_on) <= NEAR
                )
                if near:
                    return _twin(Why.SOUND, known)
        return None

    def add(self, entry: Entry, line: int) -> None:
        """The row is among those that later ones are compared with."""
        known = _Known(entry.surname, entry.given, entry.born_on, None, line)
        self._add(known, _numbers(entry))

    def _add(self, known: _Known, numbers: Iterable[str]) -> None:
        for number in numbers:
            self.numbers.setdefault(number, known)
        surname, given = _folded(known.surname), _folded(known.given)
        self.names.setdefault((surname, given), []).append(known)
        for key in _keys(surname, given):
            self.heard.setdefault(key, []).append(known)


def roll(session: Session) -> Register:
    """Everybody on the roll, with the numbers that they and their stays have."""
    found = Register()
    by_id: dict[int, _Known] = {}
    # Whoever cannot be found any more was taken back: nobody is a duplicate of them.
    people = select(Person.id, Person.number, Person.surname, Person.given, Person.born_on).join(
        SearchEntry, SearchEntry.person_id == Person.id
    )
    for row in session.execute(people):
        known = _Known(row.surname, row.given, row.born_on, row.id, None)
        by_id[row.id] = known
        found._add(known, (squashed(row.number),))
    for booking in session.execute(select(Booking.number, Booking.person_id)):
        if booking.person_id in by_id:
            found.numbers.setdefault(squashed(booking.number), by_id[booking.person_id])
    for step in steps(rows_of_kind(session, IDENTIFIER)):
        if step.overtaken_by is None and step.row.act == Act.STATES and step.row.person_id in by_id:
            value = msgspec.json.decode(step.row.value)
            found.numbers.setdefault(squashed(value["number"]), by_id[step.row.person_id])
    return found


def _twin(why: Why, known: _Known) -> Twin:
    return Twin(why, known.person_id, known.line)


def _numbers(entry: Entry) -> list[str]:
    return [
        found for number in (entry.number, entry.social_security, entry.police) if (found := squashed(number))
    ]


def _folded(name: str) -> str:
    return " ".join(sorted(name_words(name)[:3]))


def _keys(surname: str, given: str) -> list[tuple[str, str]]:
    """Every pairing of a sound of the surname with one of the given names."""
    return [
        (one, other)
        for one in sorted({key for word in surname.split() for key in sounds(word)})
        for other in sorted({key for word in given.split() for key in sounds(word)})
    ]
