"""What is known of one person at one moment: all that a check may look at. Pure values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, Protocol

import msgspec

from hub.custody.facts.kinds import Kind, V
from hub.custody.legal import LegalStatus
from hub.docket.troubles import Trouble, known
from hub.web.formats import SITE_ZONE


class Known(msgspec.Struct, Generic[V], frozen=True):
    """One thing as it holds: `item` names it in other facts, `row` is the number of the fact that counts."""

    item: int
    value: V
    row: int
    effective_at: datetime


class Sureness(StrEnum):
    """How a date of release is known."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    NOT_LATER_THAN = "not_later_than"
    WITHOUT_DATE = "without_date"
    """Life and the like: no date is expected."""
    NOT_RECKONED = "not_reckoned"


@dataclass(frozen=True)
class ReleaseClock:
    """When somebody is to go, as far as it is known. `state` changes whenever what it was reckoned from does."""

    sureness: Sureness
    on: date | None = None
    parole_on: date | None = None
    state: str = ""


@dataclass(frozen=True)
class Seen:
    """The last proof of a place."""

    zone_code: str
    proven_at: datetime


@dataclass(frozen=True)
class Query:
    """Something that a person said is wrong, and that nobody has answered."""

    number: int
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class SameFinger:
    """Another person has a finger of this one. `since_at` is when it was found."""

    other_id: int
    other_number: str
    since_at: datetime


class Facts(Protocol):
    """What holds by kind. Asking for what cannot be read raises UnreadableError; all kinds on file are named first."""

    def __iter__(self) -> Iterator[str]: ...

    def get(self, key: str, default: Sequence[Known[Any]], /) -> Sequence[Known[Any]]: ...


@dataclass(frozen=True)
class Snapshot:
    """One person in custody.

    `ended` tells by kind when the last item of it ended. Fields that can be a Trouble are asked for by the property
    of the same meaning, which raises UnreadableError then: `history` by `statuses`, `clock` by `release`, `gaps` by
    `missing`, `place_is_adult` by `home_is_adult`, `asked` by `queries`. `troubles` is set once the checks were made.
    """

    person_id: int
    number: str
    surname: str
    given: str
    born_on: date | None
    booking_id: int
    admitted_at: datetime
    at: datetime
    facts: Facts = field(default_factory=dict[str, Sequence[Known[Any]]])
    history: Sequence[Known[Any]] | Trouble = ()
    ended: Mapping[str, datetime] = field(default_factory=dict)
    seen: Seen | None = None
    clock: ReleaseClock | Trouble = ReleaseClock(Sureness.NOT_RECKONED)
    gaps: Sequence[str] | Trouble = ()
    place_is_adult: bool | Trouble | None = None
    same_fingers: Sequence[SameFinger] = ()
    asked: Sequence[Query] | Trouble = ()
    terminals_since: datetime | None = None
    site_has_cells: bool = True
    troubles: Sequence[Trouble] = ()

    @cached_property
    def today(self) -> date:
        """The day at the site."""
        return self.at.astimezone(SITE_ZONE).date()

    def of(self, kind: Kind[V]) -> Sequence[Known[V]]:
        """What holds of a kind, in the order it was opened."""
        return self.facts.get(kind.name, ())

    def one(self, kind: Kind[V]) -> Known[V] | None:
        """The only one of a kind that holds once."""
        held = self.of(kind)
        return held[-1] if held else None

    @property
    def statuses(self) -> Sequence[Known[Any]]:
        """The history of the legal status, oldest first."""
        return known(self.history)

    @cached_property
    def status(self) -> LegalStatus:
        """UNKNOWN where nothing is recorded."""
        return self.statuses[-1].value.status if self.statuses else LegalStatus.UNKNOWN

    @property
    def release(self) -> ReleaseClock:
        """When the person is to go."""
        return known(self.clock)

    @property
    def missing(self) -> Sequence[str]:
        """The items of Mandela Rule 7 that the file lacks."""
        return known(self.gaps)

    @property
    def home_is_adult(self) -> bool | None:
        """Whether adults live there; None where the place is for nobody in particular."""
        return known(self.place_is_adult)

    @property
    def queries(self) -> Sequence[Query]:
        """What the person said is wrong, and nobody has answered."""
        return known(self.asked)
