"""What lies before a court: charges, court dates, and the review of fitness to plead."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.hearing_outcomes import DECIDES, HEARING_OUTCOMES, HearingOutcome
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

_FARTHEST_YEARS: Final = 60
_SAID_OF_CHARGES: Final = {
    **{code.value: words for code, words in HEARING_OUTCOMES.items()},
    **{str(words): words for words in HEARING_OUTCOMES.values()},
    # Of a charge it goes on to hold once the sentence is imposed.
    HearingOutcome.CONVICTED.value: Sentence("Convicted"),
}
"""A charge's outcome holds what was written into it: a code, or the diary's English; both are said in words."""


class Charge(Form, frozen=True):
    """An offence charged. `iccs` is its code in UNODC's International Classification of Crime, e.g. 0401.

    `order` is the item of the order it stands on. `outcome` is empty while it is open.
    """

    iccs: str
    offence: str
    statute: str = ""
    offence_on: date | None = None
    court: str = ""
    case: str = ""
    order: int | None = None
    outcome: str = ""
    decided_on: date | None = None


class Hearing(Form, frozen=True):
    """A date before a court. `outcome` is a code of HEARING_OUTCOMES, empty until it is known.

    `produced` says whether the person was brought. A fact of it takes effect when the date was fixed.
    """

    court: str
    hearing_at: datetime
    purpose: str
    case: str = ""
    charge: int | None = None
    outcome: str = ""
    produced: bool | None = None
    not_produced_because: str = ""
    video: bool = False


class UnfitReview(Form, frozen=True):
    """When the fitness to plead has to be looked at again."""

    next_review_on: date
    reviewed_by: str = ""


def _check_charge(value: Charge, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not value.offence.strip():
        faults["offence"] = Sentence("Write the offence as it stands on the charge.")
    if not (value.iccs.isdigit() and 2 <= len(value.iccs) <= 6):
        faults["iccs"] = Sentence("Choose the offence's class from the list.")
    if value.offence_on is not None and value.offence_on > today:
        faults["offence_on"] = Sentence("The offence lies in the future. Check the date.")
    return faults


def _say_hearing(value: Hearing) -> Sentence:
    day = value.hearing_at.astimezone(SITE_ZONE).date()
    if value.outcome in HEARING_OUTCOMES:
        return Sentence(
            "%(court)s, %(day)s: %(outcome)s",
            {"court": value.court, "day": day, "outcome": HEARING_OUTCOMES[HearingOutcome(value.outcome)]},
        )
    return Sentence(
        "%(court)s, %(day)s: %(purpose)s", {"court": value.court, "day": day, "purpose": value.purpose}
    )


def _check_hearing(value: Hearing, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    day = value.hearing_at.astimezone(SITE_ZONE).date()
    if not value.court.strip():
        faults["court"] = Sentence("Write the court.")
    if day < today and not value.outcome:
        faults["hearing_at"] = Sentence("This date has passed. Check it, or choose the outcome with it.")
    elif not -_FARTHEST_YEARS <= day.year - today.year <= _FARTHEST_YEARS:
        faults["hearing_at"] = Sentence("The court date cannot be right. Check the year.")
    if value.outcome and day > today:
        faults["outcome"] = Sentence("The court has not sat yet. Leave the outcome open until it has.")
    return faults


CHARGE: Final = Kind(
    name="charge",
    form=Charge,
    words=Sentence("Charge"),
    say=lambda value: Sentence("%(offence)s", {"offence": value.offence}),
    fields=(
        Field(
            "iccs",
            Sentence("Class of the offence"),
            Input.OFFENCE,
            required=True,
            hint=Sentence("Type a word or its code, and choose from the list."),
        ),
        Field("offence", Sentence("Offence, as charged"), required=True),
        Field("statute", Sentence("Law and section"), longest=120),
        Field("offence_on", Sentence("Date of the offence"), Input.DATE),
        Field("court", Sentence("Court"), longest=80),
        Field("case", Sentence("Case number"), longest=80),
        Field("order", Sentence("Order it stands on"), Input.ITEM, of="order"),
        Field(
            "outcome",
            Sentence("Outcome"),
            options=_SAID_OF_CHARGES,
            longest=120,
            offered=tuple(code.value for code in HEARING_OUTCOMES if code in DECIDES),
        ),
        Field("decided_on", Sentence("Decided"), Input.DATE),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_charge,
)

HEARING: Final = Kind(
    name="hearing",
    form=Hearing,
    words=Sentence("Court date"),
    say=_say_hearing,
    fields=(
        Field("court", Sentence("Court"), required=True, longest=80),
        Field("hearing_at", Sentence("Date and time"), Input.TIME, required=True),
        Field("purpose", Sentence("What for"), required=True),
        Field("case", Sentence("Case number"), longest=80),
        Field("charge", Sentence("Charge"), Input.ITEM, of="charge"),
        Field("video", Sentence("By video"), Input.YES_NO),
        Field(
            "outcome",
            Sentence("Outcome, once it is known"),
            Input.CHOICE,
            options={key.value: words for key, words in HEARING_OUTCOMES.items()},
        ),
        Field("produced", Sentence("Brought before the court"), Input.YES_NO),
        Field("not_produced_because", Sentence("Why not brought")),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_hearing,
)

UNFIT_REVIEW: Final = Kind(
    name="unfit_review",
    form=UnfitReview,
    words=Sentence("Review of fitness to plead"),
    say=lambda value: Sentence("Next review %(day)s", {"day": value.next_review_on}),
    fields=(
        Field("next_review_on", Sentence("Next review"), Input.DATE, required=True),
        Field("reviewed_by", Sentence("Last reviewed by"), longest=80),
    ),
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
)
