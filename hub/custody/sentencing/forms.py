"""The facts that a release date is reckoned from."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.sentencing.terms import Term as Term  # noqa: PLC0414 - a part of the forms, for all who use them
from hub.custody.sentencing.terms import in_words
from hub.sentences import Sentence


class SentenceType(StrEnum):
    """What the court imposed."""

    TERM = "term"
    LIFE = "life"
    FINE_IN_DEFAULT = "fine_in_default"
    UNFIT_TO_PLEAD = "unfit_to_plead"
    INDETERMINATE = "indeterminate"


SENTENCE_TYPES: Final = {
    SentenceType.TERM: Sentence("Term of imprisonment"),
    SentenceType.LIFE: Sentence("Life"),
    SentenceType.FINE_IN_DEFAULT: Sentence("Term in default of a fine"),
    SentenceType.UNFIT_TO_PLEAD: Sentence("Held as unfit to plead"),
    SentenceType.INDETERMINATE: Sentence("Without a fixed end"),
}


class AdjustmentType(StrEnum):
    """What moves a release date besides the sentence itself."""

    UNLAWFULLY_AT_LARGE = "unlawfully_at_large"
    ADDED_DAYS = "added_days"
    RESTORED_DAYS = "restored_days"
    REMISSION_FORFEITED = "remission_forfeited"
    REMISSION_RESTORED = "remission_restored"
    BAIL_DAYS_NOT_COUNTED = "bail_days_not_counted"


ADJUSTMENT_TYPES: Final = {
    AdjustmentType.UNLAWFULLY_AT_LARGE: Sentence("Unlawfully at large"),
    AdjustmentType.ADDED_DAYS: Sentence("Days added"),
    AdjustmentType.RESTORED_DAYS: Sentence("Days restored"),
    AdjustmentType.REMISSION_FORFEITED: Sentence("Remission forfeited"),
    AdjustmentType.REMISSION_RESTORED: Sentence("Remission restored"),
    AdjustmentType.BAIL_DAYS_NOT_COUNTED: Sentence("Days on bail that do not count"),
}


ABSENCES: Final = frozenset({AdjustmentType.UNLAWFULLY_AT_LARGE, AdjustmentType.BAIL_DAYS_NOT_COUNTED})
"""Time that does not count as served: it moves the end of the term as well as the release."""
LONGEST_YEARS: Final = 999
LONGEST_PART: Final = 99_999
OLDEST_SENTENCE: Final = date(1950, 1, 1)


class Imposed(Form, frozen=True):
    """A sentence as the court imposed it. `starts_on` None: from the day it was imposed.

    `consecutive_to` is the item of the sentence it follows; None runs concurrently. `charge` and `order` are items.
    A fine has `fine_cents`; its `term` is what is served in default. A life sentence's `term`, if any, is its minimum.
    """

    type: SentenceType
    imposed_on: date
    starts_on: date | None = None
    term: Term = Term()
    consecutive_to: int | None = None
    charge: int | None = None
    order: int | None = None
    fine_cents: int = 0
    court: str = ""
    case: str = ""


class FinePayment(Form, frozen=True):
    """A part of a fine that was paid. `sentence` is the item of the fine."""

    sentence: int
    paid_on: date
    cents: int
    receipt: str = ""


class RemandCredit(Form, frozen=True):
    """Time before sentence that the court said counts. `sentence` None: towards the whole of it.

    The court states `days`, or a `term`, which is counted back by the calendar from the day of the sentence.
    `already_in_term` says that the court took it off itself: it stays on record and is not taken off again.
    """

    days: int = 0
    sentence: int | None = None
    stated_by_court: bool = True
    from_on: date | None = None
    until_on: date | None = None
    term: Term = Term()
    already_in_term: bool = False


class Adjustment(Form, frozen=True):
    """Days that move the date. Of an absence `from_on` and `until_on` are known, and `days` follow from them.

    Both days of an absence count: away on the 3rd and back on the 5th is three days. Of days added, restored or
    forfeited `from_on` is the day of the decision.
    """

    type: AdjustmentType
    days: int = 0
    from_on: date | None = None
    until_on: date | None = None
    why: str = ""


def _say_sentence(value: Imposed) -> Sentence:
    if value.term == Term():
        return SENTENCE_TYPES[value.type]
    return Sentence("%(kind)s, %(term)s", {"kind": SENTENCE_TYPES[value.type], "term": in_words(value.term)})


def _say_credit(value: RemandCredit) -> Sentence:
    return in_words(Term(days=value.days) if value.days else value.term)


def _say_adjustment(value: Adjustment) -> Sentence:
    if not value.days:
        return ADJUSTMENT_TYPES[value.type]
    days = in_words(Term(days=value.days))
    return Sentence("%(kind)s, %(days)s", {"kind": ADJUSTMENT_TYPES[value.type], "days": days})


def _check_sentence(value: Imposed, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    parts = (value.term.years, value.term.months, value.term.weeks, value.term.days)
    if min(parts) < 0:
        faults["term"] = Sentence(
            "No part of a term can be less than nothing. Write it as the court said it."
        )
    elif value.type in (SentenceType.TERM, SentenceType.FINE_IN_DEFAULT) and not any(parts):
        faults["term"] = Sentence("Write the term: years, months, weeks or days, as on the order.")
    elif value.term.years > LONGEST_YEARS or max(parts[1:]) > LONGEST_PART:
        faults["term"] = Sentence("No calendar reaches that far. Check the term, or record it as life.")
    if value.imposed_on > today:
        faults["imposed_on"] = Sentence("The sentence lies in the future. Check the date on the order.")
    elif value.imposed_on < OLDEST_SENTENCE:
        faults["imposed_on"] = Sentence("The date of the sentence cannot be right. Check the year.")
    if value.fine_cents < 0:
        faults["fine_cents"] = Sentence("A fine cannot be less than nothing.")
    elif value.type is SentenceType.FINE_IN_DEFAULT and value.fine_cents == 0:
        faults["fine_cents"] = Sentence("Write the amount of the fine: what was paid is reckoned against it.")
    return faults


def _check_payment(value: FinePayment, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if value.cents <= 0:
        faults["cents"] = Sentence("Write how much was paid.")
    if value.paid_on > today:
        faults["paid_on"] = Sentence("The payment lies in the future. Record it when it has been made.")
    return faults


def _check_credit(value: RemandCredit, today: date) -> dict[str, Sentence]:
    parts = (value.days, value.term.years, value.term.months, value.term.weeks, value.term.days)
    faults = _check_period(value.from_on, value.until_on)
    if min(parts) < 0 or not any(parts) or max(parts) > LONGEST_PART:
        faults["days"] = Sentence("Write how many days, or which term, the court said count.")
    elif value.days and any(parts[1:]):
        faults["days"] = Sentence("Write either days or a term, not both: it is credited once.")
    return faults


def _check_adjustment(value: Adjustment, today: date) -> dict[str, Sentence]:
    faults = _check_period(value.from_on, value.until_on)
    if value.type in ABSENCES:
        if value.from_on is None:
            faults["from_on"] = Sentence(
                "Write the first day of the absence: it says which sentences it lengthens."
            )
        if value.until_on is not None and value.until_on > today:
            faults["until_on"] = Sentence(
                "The last day of the absence lies in the future. Write it on return."
            )
    elif not 0 < value.days <= LONGEST_PART:
        faults["days"] = Sentence("Write how many days.")
    if value.from_on is not None and value.from_on > today:
        faults["from_on"] = Sentence("The day lies in the future. Record it when it has come.")
    return faults


def _check_period(from_on: date | None, until_on: date | None) -> dict[str, Sentence]:
    if from_on is not None and until_on is not None and until_on < from_on:
        return {"until_on": Sentence("The last day is before the first. Check both dates.")}
    return {}


SENTENCE: Final = Kind(
    name="sentence",
    form=Imposed,
    words=Sentence("Sentence"),
    say=_say_sentence,
    fields=(
        Field(
            "type",
            Sentence("Kind of sentence"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in SENTENCE_TYPES.items()},
        ),
        Field("imposed_on", Sentence("Imposed"), Input.DATE, required=True),
        Field("starts_on", Sentence("Counts from, if another day"), Input.DATE),
        Field("term", Sentence("Term"), Input.TERM),
        Field("consecutive_to", Sentence("Follows after"), Input.ITEM, of="sentence"),
        Field("charge", Sentence("For the charge"), Input.ITEM, of="charge"),
        Field("order", Sentence("On the order"), Input.ITEM, of="order"),
        Field("fine_cents", Sentence("Fine"), Input.MONEY),
        Field("court", Sentence("Court"), longest=80),
        Field("case", Sentence("Case number"), longest=80),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_sentence,
)

FINE_PAYMENT: Final = Kind(
    name="fine_payment",
    form=FinePayment,
    words=Sentence("Payment of a fine"),
    say=lambda value: Sentence("%(dollars)s paid", {"dollars": f"{value.cents / 100:,.2f}"}),
    fields=(
        Field("sentence", Sentence("Fine"), Input.ITEM, required=True, of="sentence"),
        Field("paid_on", Sentence("Paid"), Input.DATE, required=True),
        Field("cents", Sentence("Amount"), Input.MONEY, required=True),
        Field("receipt", Sentence("Receipt"), longest=80),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_payment,
)

REMAND_CREDIT: Final = Kind(
    name="remand_credit",
    form=RemandCredit,
    words=Sentence("Remand credit"),
    say=_say_credit,
    fields=(
        Field("days", Sentence("Days"), Input.NUMBER),
        Field("term", Sentence("Or a term, as the court said it"), Input.TERM),
        Field("sentence", Sentence("Towards the sentence"), Input.ITEM, of="sentence"),
        Field("stated_by_court", Sentence("The court stated it"), Input.YES_NO),
        Field("already_in_term", Sentence("The court took it off the term itself"), Input.YES_NO),
        Field("from_on", Sentence("From"), Input.DATE),
        Field("until_on", Sentence("Until"), Input.DATE),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_credit,
)

ADJUSTMENT: Final = Kind(
    name="adjustment",
    form=Adjustment,
    words=Sentence("Adjustment"),
    say=_say_adjustment,
    fields=(
        Field(
            "type",
            Sentence("What it is"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in ADJUSTMENT_TYPES.items()},
        ),
        Field(
            "days", Sentence("Days"), Input.NUMBER, hint=Sentence("Of an absence, leave 0: they are counted.")
        ),
        Field("from_on", Sentence("From"), Input.DATE),
        Field("until_on", Sentence("Until"), Input.DATE),
        Field("why", Sentence("Why"), longest=200),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_adjustment,
)

KINDS: Final = (SENTENCE, FINE_PAYMENT, REMAND_CREDIT, ADJUSTMENT)
