"""What an indicator is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence


class Unit(StrEnum):
    """What the value counts."""

    PEOPLE = "people"
    EVENTS = "events"
    PLACES = "places"
    PERCENT = "percent"
    DAYS = "days"
    PERSON_DAYS = "person_days"
    PER_100K = "per_100k"
    ESTABLISHMENTS = "establishments"


UNITS: Final = {
    Unit.PEOPLE: Sentence("people"),
    Unit.EVENTS: Sentence("events"),
    Unit.PLACES: Sentence("places"),
    Unit.PERCENT: Sentence("per cent"),
    Unit.DAYS: Sentence("days"),
    Unit.PERSON_DAYS: Sentence("days of people"),
    Unit.PER_100K: Sentence("of 100,000 people"),
    Unit.ESTABLISHMENTS: Sentence("prisons"),
}


class Sort(StrEnum):
    """How it stands in time."""

    STOCK = "stock"
    """As it is at the end of the period's last day."""
    FLOW = "flow"
    """What happened within the period."""
    RATIO = "ratio"
    DURATION = "duration"


@dataclass(frozen=True)
class Indicator:
    """`code` never changes once figures were published under it.

    `cuts` are the tables that exist besides the total, each by the codes of its cuts. `sums` says that the parts of
    every cut must make up the whole: where they do not, the figure is held back.
    """

    code: str
    words: Sentence
    definition: Sentence
    formula: Sentence
    source: Sentence
    unit: Unit
    sort: Sort
    caveats: tuple[Sentence, ...] = ()
    cuts: tuple[tuple[str, ...], ...] = ()

    @property
    def sums(self) -> bool:
        return self.sort in (Sort.STOCK, Sort.FLOW) and self.unit in (Unit.PEOPLE, Unit.EVENTS)
