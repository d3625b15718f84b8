"""The facts that a release date is reckoned from."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Input, Kind, Per
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


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A length as the court said it; months by the calendar."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0


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


class FinePayment(Form, frozen=True):
    """A part of a fine that was paid. `sentence` is the item of the fine."""

    sentence: int
    paid_on: date
    cents: int
    receipt: str = ""


class RemandCredit(Form, frozen=True):
    """Days before sentence that the court said count. `sentence` None: towards the whole of it."""

    days: int
    sentence: int | None = None
    stated_by_court: bool = True
    from_on: date | None = None
    until_on: date | None = None


class Adjustment(Form, frozen=True):
    """Days that move the date. Of an absence `from_on` and `until_on` are known, and `days` follow from them."""

    type: AdjustmentType
    days: int
    from_on: date | None = None
    until_on: date | None = None
    why: str = ""


SENTENCE: Final = Kind(
    name="sentence",
    form=Imposed,
    words=Sentence("Sentence"),
    say=lambda value: SENTENCE_TYPES[value.type],
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
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    record=Permission.RECORD_ORDERS,
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
    record=Permission.RECORD_ORDERS,
)

REMAND_CREDIT: Final = Kind(
    name="remand_credit",
    form=RemandCredit,
    words=Sentence("Remand credit"),
    say=lambda value: Sentence("%(days)s days", {"days": value.days}),
    fields=(
        Field("days", Sentence("Days"), Input.NUMBER, required=True),
        Field("sentence", Sentence("Towards the sentence"), Input.ITEM, of="sentence"),
        Field("stated_by_court", Sentence("The court stated it"), Input.YES_NO),
        Field("from_on", Sentence("From"), Input.DATE),
        Field("until_on", Sentence("Until"), Input.DATE),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    record=Permission.RECORD_ORDERS,
)

ADJUSTMENT: Final = Kind(
    name="adjustment",
    form=Adjustment,
    words=Sentence("Adjustment"),
    say=lambda value: ADJUSTMENT_TYPES[value.type],
    fields=(
        Field(
            "type",
            Sentence("What it is"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in ADJUSTMENT_TYPES.items()},
        ),
        Field("days", Sentence("Days"), Input.NUMBER, required=True),
        Field("from_on", Sentence("From"), Input.DATE),
        Field("until_on", Sentence("Until"), Input.DATE),
        Field("why", Sentence("Why"), longest=200),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    record=Permission.RECORD_ORDERS,
)

KINDS: Final = (SENTENCE, FINE_PAYMENT, REMAND_CREDIT, ADJUSTMENT)
