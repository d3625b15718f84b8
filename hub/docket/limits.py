"""The figures that checks run by: how long is too long. Pure; the rows with their authority are in `records`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence


class Unit(StrEnum):
    """What a limit counts."""

    HOURS = "hours"
    DAYS = "days"
    YEARS = "years"


UNITS: Final = {Unit.HOURS: Sentence("hours"), Unit.DAYS: Sentence("days"), Unit.YEARS: Sentence("years")}

WORKING_FIGURE: Final = Sentence("Working figure set at installation. Confirm it against the law.")


@dataclass(frozen=True)
class Limit:
    """One figure. `initial` holds until somebody writes down another with its authority."""

    name: str
    words: Sentence
    unit: Unit
    initial: int
    most: int = 36_600


REMAND_DAYS: Final = "remand_days"
ORDER_SOON_DAYS: Final = "order_soon_days"
RELEASE_SOON_DAYS: Final = "release_soon_days"
NO_NEXT_DATE_DAYS: Final = "no_next_date_days"
NO_DATE_DAYS: Final = "no_date_days"
NO_END_DAYS: Final = "no_end_days"
ADULT_YEARS: Final = "adult_years"
CONSULATE_HOURS: Final = "consulate_hours"
CELL_HOURS: Final = "cell_hours"
UNSEEN_HOURS: Final = "unseen_hours"
FILE_HOURS: Final = "file_hours"
SEEN_AFTER_HOURS: Final = "seen_after_hours"
DIRECTOR_HOURS: Final = "director_hours"

_FIGURES: Final = (
    Limit(REMAND_DAYS, Sentence("Longest remand before somebody has to ask why"), Unit.DAYS, 365),
    Limit(NO_NEXT_DATE_DAYS, Sentence("Days on remand without a next court date"), Unit.DAYS, 1),
    Limit(ORDER_SOON_DAYS, Sentence("Days before an order ends at which it shows"), Unit.DAYS, 7),
    Limit(
        RELEASE_SOON_DAYS, Sentence("Days before release by which the date is to be verified"), Unit.DAYS, 30
    ),
    Limit(
        NO_DATE_DAYS,
        Sentence("Days after sentence by which a date of release is to be reckoned"),
        Unit.DAYS,
        2,
    ),
    Limit(
        NO_END_DAYS,
        Sentence("Days for which somebody may be held on an order without an end and without a review"),
        Unit.DAYS,
        30,
    ),
    Limit(ADULT_YEARS, Sentence("Age from which somebody is an adult"), Unit.YEARS, 18, most=30),
    Limit(CONSULATE_HOURS, Sentence("Hours until a consulate is to be notified"), Unit.HOURS, 72),
    Limit(CELL_HOURS, Sentence("Hours after admission by which a cell is allotted"), Unit.HOURS, 12),
    Limit(UNSEEN_HOURS, Sentence("Hours for which somebody may go unseen"), Unit.HOURS, 24),
    Limit(FILE_HOURS, Sentence("Hours after admission by which the file is complete"), Unit.HOURS, 72),
    Limit(SEEN_AFTER_HOURS, Sentence("Hours that somebody released may take to leave"), Unit.HOURS, 4),
    Limit(DIRECTOR_HOURS, Sentence("Hours overdue after which the director is told"), Unit.HOURS, 48),
)

LONGEST: Final = "longest."
"""Before an ICCS code: the longest sentence that is plausible for that class, in days."""

_CLASSES: Final = (
    ("01", Sentence("Acts leading to death"), 36_500),
    ("02", Sentence("Acts causing harm to the person"), 3_650),
    ("03", Sentence("Sexual acts"), 9_125),
    ("04", Sentence("Acts against property with violence"), 5_475),
    ("05", Sentence("Acts against property only"), 2_555),
    ("06", Sentence("Controlled drugs and psychoactive substances"), 3_650),
    ("07", Sentence("Fraud, deception and corruption"), 2_555),
    ("08", Sentence("Acts against public order, authority and the State"), 1_825),
    ("09", Sentence("Acts against public safety and State security"), 3_650),
    ("10", Sentence("Acts against the natural environment"), 1_095),
    ("11", Sentence("Other criminal acts"), 1_825),
)

DUE: Final = "due."
"""Before the code of a check: hours until a finding of it is to be dealt with."""


def figures() -> dict[str, Limit]:
    """Limits by name, without the due clocks, which come with their checks."""
    longest = (
        Limit(
            f"{LONGEST}{code}",
            Sentence("Longest plausible sentence: %(what)s", {"what": words}),
            Unit.DAYS,
            days,
        )
        for code, words, days in _CLASSES
    )
    return {limit.name: limit for limit in (*_FIGURES, *longest)}


@dataclass(frozen=True)
class Limits:
    """The figures in force on a day, by name."""

    values: Mapping[str, int]

    def number(self, name: str) -> int:
        return self.values[name]

    def days(self, name: str) -> timedelta:
        return timedelta(days=self.values[name])

    def hours(self, name: str) -> timedelta:
        return timedelta(hours=self.values[name])

    def longest_for(self, iccs: str) -> str | None:
        """Name of the limit with the longest prefix of an ICCS code; None where nobody wrote one down."""
        for length in range(len(iccs), 1, -1):
            name = f"{LONGEST}{iccs[:length]}"
            if name in self.values:
                return name
        return None
