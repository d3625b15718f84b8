"""Days besides the sentence itself: remand credit, and what moves a date afterwards."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.sentencing.forms.imposed import LONGEST_PART
from hub.custody.sentencing.terms import Term, in_words
from hub.sentences import Sentence


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


def _say_credit(value: RemandCredit) -> Sentence:
    return in_words(Term(days=value.days) if value.days else value.term)


def _say_adjustment(value: Adjustment) -> Sentence:
    if not value.days:
        return ADJUSTMENT_TYPES[value.type]
    days = in_words(Term(days=value.days))
    return Sentence("%(kind)s, %(days)s", {"kind": ADJUSTMENT_TYPES[value.type], "days": days})


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
