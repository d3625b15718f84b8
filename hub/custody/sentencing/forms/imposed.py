"""What the court imposed: sentences, and what was paid of fines."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.sentencing.terms import Term, in_words
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


def _say_sentence(value: Imposed) -> Sentence:
    if value.term == Term():
        return SENTENCE_TYPES[value.type]
    return Sentence("%(kind)s, %(term)s", {"kind": SENTENCE_TYPES[value.type], "term": in_words(value.term)})


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
