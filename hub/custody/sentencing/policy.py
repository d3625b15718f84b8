"""Rules of release as dated data. There is none in the code: what the law says is entered, signed and dated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Final

import msgspec

from hub.custody.sentencing.forms import SentenceType, Term
from hub.sentences import Sentence


class Rounding(StrEnum):
    """What happens to a part of a day that has to be served."""

    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"
    """Half a day counts as a day."""


class CreditOrder(StrEnum):
    """Whether the days that the court credits come off before remission is reckoned, or off what remains."""

    BEFORE_REMISSION = "before_remission"
    AFTER_REMISSION = "after_remission"


class PartPayment(StrEnum):
    """How a part of a fine that was paid shortens the term in default of it."""

    PROPORTIONAL = "proportional"
    PROPORTIONAL_LESS_ONE_DAY = "proportional_less_one_day"
    """In the proportion that was paid, of the days less one."""
    NOTHING = "nothing"
    """Only the whole fine ends the term."""


class NonWorking(StrEnum):
    """What happens when the day of release is no working day."""

    KEEP = "keep"
    BEFORE = "before"
    AFTER = "after"


class Licence(StrEnum):
    """Whether whoever is released early stays under licence."""

    NONE = "none"
    UNTIL_FULL_TERM = "until_full_term"


class Reach(StrEnum):
    """Whose sentences the policy is for."""

    SENTENCED_FROM = "sentenced_from"
    """Sentences imposed on the day it takes effect or later."""
    EVERYONE = "everyone"
    """Every sentence that is being served once it has taken effect."""


class MonthEnd(StrEnum):
    """Where a term ends that is reckoned into a month without such a day: 31 January and one month."""

    CORRESPONDING = "corresponding"
    """27 February is the last day: the day before the last of the month, as one month from the 28th."""
    LAST_DAY = "last_day"
    """28 February, the last day of the month, is the last day."""


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Sentences for which another part has to be served, or parole is closed.

    A sentence is meant when the code of its offence begins with `iccs` and its kind is `type`; empty means any.
    """

    iccs: str = ""
    type: str = ""
    serve: str = "1"
    parole: bool = False
    why: str = ""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One set of rules. Fractions are written "2/3": the part of the term that has to be served.

    `remission_over`: only terms longer than this get remission. `least_days`: remission never brings the time to be
    served below this. `parole` is the part to be served before parole can be considered, empty where there is none;
    `parole_least` a term that has to be served at least; `life_parole` that of a life sentence whose court set none.
    """

    name: str
    authority: str
    effective_on: date
    serve: str
    reach: Reach = Reach.SENTENCED_FROM
    rounding: Rounding = Rounding.UP
    remission_over: Term = Term()
    least_days: int = 0
    credit: CreditOrder = CreditOrder.AFTER_REMISSION
    exclusions: tuple[Exclusion, ...] = ()
    part_payment: PartPayment = PartPayment.PROPORTIONAL
    fine_rounding: Rounding = Rounding.UP
    parole: str = ""
    parole_least: Term = Term()
    life_parole: Term = Term()
    licence: Licence = Licence.NONE
    non_working: NonWorking = NonWorking.KEEP
    weekend: tuple[int, ...] = (5, 6)
    month_end: MonthEnd = MonthEnd.CORRESPONDING


ROUNDINGS: Final = {
    Rounding.UP: Sentence("A part of a day counts as a day to be served"),
    Rounding.DOWN: Sentence("A part of a day is left out"),
    Rounding.NEAREST: Sentence("Half a day or more counts as a day"),
}
CREDIT_ORDERS: Final = {
    CreditOrder.AFTER_REMISSION: Sentence("After remission: off what is left to serve"),
    CreditOrder.BEFORE_REMISSION: Sentence("Before remission: off the term"),
}
PART_PAYMENTS: Final = {
    PartPayment.PROPORTIONAL: Sentence("In the proportion that was paid"),
    PartPayment.PROPORTIONAL_LESS_ONE_DAY: Sentence("In the proportion that was paid, of the days less one"),
    PartPayment.NOTHING: Sentence("Not at all: only the whole fine ends it"),
}
NON_WORKING: Final = {
    NonWorking.KEEP: Sentence("Released on that day all the same"),
    NonWorking.BEFORE: Sentence("Released on the working day before"),
    NonWorking.AFTER: Sentence("Released on the next working day, never past the full term"),
}
LICENCES: Final = {
    Licence.NONE: Sentence("No licence"),
    Licence.UNTIL_FULL_TERM: Sentence("Under licence until the full term ends"),
}
REACHES: Final = {
    Reach.SENTENCED_FROM: Sentence("Sentences imposed on that day or later"),
    Reach.EVERYONE: Sentence("Everyone serving once that day has come"),
}
MONTH_ENDS: Final = {
    MonthEnd.CORRESPONDING: Sentence("One month from 31 January ends with 27 February"),
    MonthEnd.LAST_DAY: Sentence("One month from 31 January ends with 28 February"),
}


@dataclass(frozen=True)
class Numbered:
    """A policy in force, under the number that it has in the register."""

    id: int
    policy: Policy


@dataclass(frozen=True)
class Treatment:
    """What a policy says about one sentence: the part to be served, and whether parole is open to it."""

    serve: Fraction
    parole: Fraction | None
    why: str = ""


def chosen(policies: Iterable[Numbered], imposed_on: date, today: date) -> Numbered | None:
    """The policy for a sentence imposed on a day: of those that reach it the one that took effect last."""
    reaching = [found for found in policies if _reaches(found.policy, imposed_on, today)]
    return max(reaching, key=lambda found: (found.policy.effective_on, found.id), default=None)


def _reaches(policy: Policy, imposed_on: date, today: date) -> bool:
    if policy.reach is Reach.EVERYONE:
        return policy.effective_on <= max(today, imposed_on)
    return policy.effective_on <= imposed_on


def treatment(policy: Policy, kind: SentenceType, iccs: str) -> Treatment:
    """The first exclusion that fits, else the rule."""
    parole = part_of(policy.parole) if policy.parole else None
    for exclusion in policy.exclusions:
        fits_offence = not exclusion.iccs or iccs.startswith(exclusion.iccs)
        if fits_offence and exclusion.type in ("", kind.value):
            return Treatment(part_of(exclusion.serve), parole if exclusion.parole else None, exclusion.why)
    return Treatment(part_of(policy.serve), parole)


@lru_cache(maxsize=256)
def part_of(text: str) -> Fraction:
    """The part of a term that "2/3" says."""
    return Fraction(text)


def rounded(days: Fraction, rounding: Rounding) -> int:
    """Whole days."""
    if rounding is Rounding.UP:
        return ceil(days)
    return floor(days) if rounding is Rounding.DOWN else floor(days + Fraction(1, 2))


def working_day(day: date, policy: Policy, holidays: frozenset[date]) -> date:
    """`day`, or the working day before or after it as the policy says."""
    if policy.non_working is NonWorking.KEEP or len(set(policy.weekend)) > 6:
        return day
    step = timedelta(days=-1 if policy.non_working is NonWorking.BEFORE else 1)
    while day.weekday() in policy.weekend or day in holidays:
        day += step
    return day


def faults_of(policy: Policy) -> dict[str, Sentence]:
    """What cannot be so, by field."""
    faults: dict[str, Sentence] = {}
    if not policy.name.strip():
        faults["name"] = Sentence("Give it a name that people will recognise.")
    if not policy.authority.strip():
        faults["authority"] = Sentence("Write which law or rule says so: act, section, date.")
    fault = fault_of_part(policy.serve)
    if fault is not None:
        faults["serve"] = fault
    if policy.parole and fault_of_part(policy.parole) is not None:
        faults["parole"] = Sentence("Write a part of the term, as in 1/2, or leave it empty.")
    if not 0 <= policy.least_days <= 36_525:
        faults["least_days"] = Sentence("Write a number of days from 0 on.")
    if any(fault_of_part(exclusion.serve) is not None for exclusion in policy.exclusions):
        faults["exclusions"] = Sentence(
            "Write in each exclusion which part has to be served, as in 3/4 or 1."
        )
    elif any(not exclusion.iccs and not exclusion.type for exclusion in policy.exclusions):
        faults["exclusions"] = Sentence(
            "An exclusion without offence and kind would be for everything. Choose one."
        )
    return faults


def fault_of_part(text: str) -> Sentence | None:
    """Why this is no part of a term; None when it is more than nothing and at most the whole."""
    numerator, _, denominator = text.partition("/")
    parts = (numerator, denominator or "1")
    written = all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts)
    if written and int(parts[1]) > 0 and 0 < Fraction(int(parts[0]), int(parts[1])) <= 1:
        return None
    return Sentence("Write the part that has to be served as a fraction, as in 2/3.")


def oddities_of(policy: Policy) -> Sequence[Sentence]:
    """What is possible and still deserves a second look before anybody signs."""
    odd: list[Sentence] = []
    over = policy.remission_over
    days = 366 * over.years + 31 * over.months + 7 * over.weeks + over.days
    if days and policy.least_days < days:
        odd.append(
            Sentence(
                "A term just over the limit for remission would end before a term just under it. "
                "Where the law says so, leave it; else write how many days are served at least."
            )
        )
    if policy.reach is Reach.EVERYONE:
        odd.append(Sentence("It changes sentences that were imposed before it took effect."))
    return odd
