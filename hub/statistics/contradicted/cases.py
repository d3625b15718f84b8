"""The stays behind a figure that is held back, each with what is wrong with it. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Booking, Person
from hub.sentences import Sentence
from hub.statistics.indicators.contradictions import Contradicting
from hub.statistics.periods import Period
from hub.statistics.reading.joined import joined_at
from hub.statistics.reading.stays import Stays, stays_at
from hub.statistics.reading.timelines import ALWAYS, micros

_AT_ONCE: Final = 400


class What(StrEnum):
    """What is wrong with a stay."""

    BACKWARDS = "backwards"
    OVERLAPPING = "overlapping"
    TWO_RELEASES = "two_releases"
    """It holds no figure back: of two releases the later counts, and counts once."""


WORDS: Final = {
    What.BACKWARDS: Sentence("Ends before it begins"),
    What.OVERLAPPING: Sentence("Begins while the same person is in custody already"),
    What.TWO_RELEASES: Sentence("Has two releases, of which the later counts"),
}
HOLDS: Final = frozenset({What.BACKWARDS, What.OVERLAPPING})


@dataclass(frozen=True)
class Case:
    """A stay by the numbers of its booking and its person; `other` is the booking that it overlaps."""

    what: What
    booking: str
    person: str
    begins_at: datetime
    ends_at: datetime | None
    other: str = ""


def cases_of(session: Session, period: Period, known_at: datetime | None) -> list[Case]:
    """Those of which something lies in the period, as known then; those that hold figures back come first."""
    stays = stays_at(session, joined_at(session, known_at), known_at)
    found = Contradicting(stays).within(period)
    pairs: list[tuple[What, int, int | None]] = [(What.BACKWARDS, one, None) for one in found.backwards]
    pairs += [(What.OVERLAPPING, two, one) for one, two in found.overlapping]
    pairs += [(What.TWO_RELEASES, one, None) for one in _released_twice(stays, period)]
    numbers = _numbers(session, {each for _what, *two in pairs for each in two if each is not None})
    return [_case(stays, numbers, what, stay, other) for what, stay, other in pairs if stay in numbers]


def _released_twice(stays: Stays, period: Period) -> list[int]:
    ends = stays.ends[stays.row_of(stays.told_twice)]
    inside = (ends >= micros(period.begins_at)) & (ends < micros(period.ends_at))
    return [int(one) for one in stays.told_twice[inside]]


def _case(
    stays: Stays, numbers: dict[int, tuple[str, str]], what: What, stay: int, other: int | None
) -> Case:
    row = int(stays.row_of(np.array([stay]))[0])
    booking, person = numbers[stay]
    end = int(stays.ends[row])
    beside = "" if other is None else numbers.get(other, ("", ""))[0]
    ends_at = None if end == ALWAYS else _moment(end)
    return Case(what, booking, person, _moment(int(stays.starts[row])), ends_at, beside)


def _moment(since_1970_us: int) -> datetime:
    return datetime.fromtimestamp(since_1970_us / 1_000_000, UTC)


def _numbers(session: Session, stays: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Numbers of booking and person by stay."""
    ids, found = sorted(stays), dict[int, tuple[str, str]]()
    for place in range(0, len(ids), _AT_ONCE):
        wanted = (
            select(Booking.id, Booking.number, Person.number)
            .join(Person, Person.id == Booking.person_id)
            .where(Booking.id.in_(ids[place : place + _AT_ONCE]))
        )
        found.update({stay: (booking, person) for stay, booking, person in session.execute(wanted)})
    return found
