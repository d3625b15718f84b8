"""What the invented prison looks like: its proportions, and what is wrong in a few of its files. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import exp
from random import Random
from typing import Final

from hub.custody.legal import LegalStatus
from hub.custody.rules import Sex

WOMEN_OF_1200: Final = 14
JUVENILES_OF_1200: Final = 24
REMAND_MEDIAN_DAYS: Final = 190
REMAND_SPREAD: Final = 1.45
"""Of the logarithm: with this one in twenty waits longer than five years."""
LONGEST_REMAND_DAYS: Final = 3_900
PAST_PEOPLE: Final = 2.2
"""People who have left for each one inside."""
ALL_THICK_UNTIL: Final = 5_000
"""Of a larger prison only so many people get a file with everything in it."""
_STATUSES: Final = {
    LegalStatus.REMAND: 0.35,
    LegalStatus.CONVICTED_UNSENTENCED: 0.02,
    LegalStatus.SENTENCED: 0.585,
    LegalStatus.INDETERMINATE_SENTENCE: 0.02,
    LegalStatus.IMMIGRATION_DETAINEE: 0.015,
    LegalStatus.CIVIL_PRISONER: 0.005,
    LegalStatus.OTHER: 0.005,
}


class Wrong(StrEnum):
    """What a file has wrong, so that whoever looks for people lost in the system finds some of each."""

    NO_ORDER = "no_order"
    ORDER_EXPIRED = "order_expired"
    ORDER_ENDS_SOON = "order_ends_soon"
    OTHER_NAME = "other_name"
    NO_NEXT_DATE = "no_next_date"
    NO_OUTCOME = "no_outcome"
    PAST_SENTENCE = "past_sentence"
    RELEASE_PASSED = "release_passed"
    ONLY_HELD_ON_HOLD = "only_held_on_hold"
    UNVERIFIED = "unverified"
    FINE_PAID = "fine_paid"
    FINE_NEARLY_PAID = "fine_nearly_paid"
    """Nothing is wrong yet: a last payment sets the person free."""
    BAIL_GRANTED = "bail_granted"
    LET_GO = "let_go"
    NO_REVIEW = "no_review"
    NO_END = "no_end"
    WITH_ADULTS = "with_adults"
    NO_CONSULATE = "no_consulate"
    NO_CELL = "no_cell"
    NO_SENTENCE = "no_sentence"
    NO_ANSWER = "no_answer"
    BARE_FILE = "bare_file"


_OFTEN: Final = {
    Wrong.NO_ORDER: 1,
    Wrong.ORDER_EXPIRED: 3,
    Wrong.ORDER_ENDS_SOON: 3,
    Wrong.OTHER_NAME: 2,
    Wrong.NO_NEXT_DATE: 4,
    Wrong.NO_OUTCOME: 5,
    Wrong.PAST_SENTENCE: 2,
    Wrong.RELEASE_PASSED: 2,
    Wrong.ONLY_HELD_ON_HOLD: 1,
    Wrong.UNVERIFIED: 4,
    Wrong.FINE_PAID: 1,
    Wrong.FINE_NEARLY_PAID: 2,
    Wrong.BAIL_GRANTED: 2,
    Wrong.LET_GO: 1,
    Wrong.NO_REVIEW: 1,
    Wrong.NO_END: 2,
    Wrong.WITH_ADULTS: 1,
    Wrong.NO_CONSULATE: 2,
    Wrong.NO_CELL: 2,
    Wrong.NO_SENTENCE: 1,
    Wrong.NO_ANSWER: 2,
    Wrong.BARE_FILE: 6,
}
"""Files of 1,200 that have it: what a week brings in an office that keeps up with its work, nearly."""
_STATUS_OF: Final = {
    Wrong.NO_ORDER: LegalStatus.REMAND,
    Wrong.NO_NEXT_DATE: LegalStatus.REMAND,
    Wrong.NO_OUTCOME: LegalStatus.REMAND,
    Wrong.PAST_SENTENCE: LegalStatus.REMAND,
    Wrong.BAIL_GRANTED: LegalStatus.REMAND,
    Wrong.LET_GO: LegalStatus.REMAND,
    Wrong.ORDER_EXPIRED: LegalStatus.REMAND,
    Wrong.NO_CELL: LegalStatus.REMAND,
    Wrong.ORDER_ENDS_SOON: LegalStatus.IMMIGRATION_DETAINEE,
    Wrong.NO_END: LegalStatus.CIVIL_PRISONER,
    Wrong.NO_CONSULATE: LegalStatus.REMAND,
    Wrong.RELEASE_PASSED: LegalStatus.SENTENCED,
    Wrong.ONLY_HELD_ON_HOLD: LegalStatus.SENTENCED,
    Wrong.UNVERIFIED: LegalStatus.SENTENCED,
    Wrong.FINE_PAID: LegalStatus.SENTENCED,
    Wrong.FINE_NEARLY_PAID: LegalStatus.SENTENCED,
    Wrong.NO_SENTENCE: LegalStatus.SENTENCED,
    Wrong.NO_REVIEW: LegalStatus.OTHER,
    Wrong.WITH_ADULTS: LegalStatus.REMAND,
}
_DAYS_INSIDE: Final = {
    Wrong.NO_ORDER: (1, 1),
    Wrong.NO_CELL: (1, 2),
    Wrong.NO_CONSULATE: (4, 8),
    Wrong.WITH_ADULTS: (1, 6),
    Wrong.ORDER_EXPIRED: (29, 80),
    Wrong.ORDER_ENDS_SOON: (20, 55),
    Wrong.NO_END: (35, 90),
    Wrong.NO_OUTCOME: (70, 400),
    Wrong.NO_NEXT_DATE: (70, 400),
    Wrong.BAIL_GRANTED: (40, 300),
    Wrong.LET_GO: (60, 330),
    Wrong.PAST_SENTENCE: (2_600, 2_900),
}
"""Least and most days since admission that go with what is wrong."""
FOREIGN: Final = frozenset({Wrong.NO_CONSULATE, Wrong.ONLY_HELD_ON_HOLD, Wrong.ORDER_ENDS_SOON})
"""Only of people from abroad."""


@dataclass(frozen=True)
class Sketch:
    """Somebody to be invented: what has to be so of them whatever else chance adds."""

    sex: Sex
    juvenile: bool
    status: LegalStatus | None
    """None for those who have left."""
    wrong: Wrong | None = None


def sketches(rng: Random, people: int) -> list[Sketch]:
    """Everybody inside, in a mixed order, in the proportions of above."""
    count = {name: max(1, round(number * people / 1200)) for name, number in _OFTEN.items()}
    wrongs = [name for name, times in count.items() for _ in range(times)][: people // 2]
    women = max(1, round(people * WOMEN_OF_1200 / 1200)) if people >= 40 else 0
    juveniles = max(1, round(people * JUVENILES_OF_1200 / 1200)) if people >= 40 else 0
    found = [_with_wrong(rng, wrong) for wrong in wrongs]
    for place in range(people - len(found)):
        found.append(_sound(rng, woman=place < women, juvenile=women <= place < women + juveniles))
    rng.shuffle(found)
    return found


def _with_wrong(rng: Random, wrong: Wrong) -> Sketch:
    status = _STATUS_OF.get(wrong) or _status(rng)
    return Sketch(Sex.MALE, wrong is Wrong.WITH_ADULTS, status, wrong)


def _sound(rng: Random, *, woman: bool, juvenile: bool) -> Sketch:
    if juvenile:
        young = (LegalStatus.REMAND, LegalStatus.SENTENCED, LegalStatus.UNCONTROLLABLE_BEHAVIOUR_ORDER)
        return Sketch(Sex.MALE, True, rng.choices(young, (5, 4, 3))[0])
    return Sketch(Sex.FEMALE if woman else Sex.MALE, False, _status(rng))


def _status(rng: Random) -> LegalStatus:
    return rng.choices(list(_STATUSES), list(_STATUSES.values()))[0]


def days_inside(rng: Random, wrong: Wrong | None) -> int | None:
    """How long somebody has been here whose file has this wrong; None where that is open."""
    bounds = None if wrong is None else _DAYS_INSIDE.get(wrong)
    return None if bounds is None else rng.randint(*bounds)


def remand_days(rng: Random) -> int:
    """How long somebody on remand has been waiting: many a few months, a few for years."""
    while True:
        days = int(REMAND_MEDIAN_DAYS * exp(rng.gauss(0, REMAND_SPREAD)))
        if days <= LONGEST_REMAND_DAYS:
            return max(1, days)


def earlier_stays(rng: Random) -> int:
    """How often somebody was inside before: more than half never."""
    times = 0
    while times < 6 and rng.random() < 0.42:
        times += 1
    return times


def birth(rng: Random, admitted_on: date, today: date, *, juvenile: bool) -> date:
    """A birth date: juveniles are 14 to 17 today, the others were 18 to about 70 when they came."""
    if juvenile:
        return today - timedelta(days=rng.randint(14 * 366, 18 * 365 - 5))
    years = min(72.0, 18.1 + rng.gammavariate(2.1, 6.2))
    return admitted_on - timedelta(days=int(years * 365.25))
