"""Appeals: who asked a higher court to look again, and what it said."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.sentences import Sentence


class AppealOutcome(StrEnum):
    """What the higher court said."""

    ALLOWED = "allowed"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    VARIED = "varied"


APPEAL_OUTCOMES: Final = {
    AppealOutcome.ALLOWED: Sentence("Appeal allowed"),
    AppealOutcome.DISMISSED: Sentence("Appeal dismissed"),
    AppealOutcome.WITHDRAWN: Sentence("Appeal withdrawn"),
    AppealOutcome.VARIED: Sentence("Sentence or finding varied on appeal"),
}


class Appeal(Form, frozen=True):
    """An appeal. `outcome` is a code of APPEAL_OUTCOMES, empty while it is pending."""

    court: str
    reference: str
    lodged_on: date | None = None
    case: str = ""
    against: str = ""
    outcome: str = ""
    decided_on: date | None = None


def _check(value: Appeal, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not value.reference.strip():
        faults["reference"] = Sentence("Write the reference that stands on the paper.")
    for name, day in (("lodged_on", value.lodged_on), ("decided_on", value.decided_on)):
        if day is not None and day > today:
            faults[name] = Sentence("The paper is dated in the future. Check the date on it.")
    if value.outcome and value.decided_on is None:
        faults["decided_on"] = Sentence("Write the day on which the appeal was decided.")
    if value.lodged_on is None and not value.outcome:
        faults["lodged_on"] = Sentence("Write the day on which the appeal was lodged.")
    return faults


def _say(value: Appeal) -> Sentence:
    words = {"court": value.court, "reference": value.reference}
    if value.outcome in APPEAL_OUTCOMES:
        said = APPEAL_OUTCOMES[AppealOutcome(value.outcome)]
        return Sentence("%(court)s, %(reference)s: %(outcome)s", {**words, "outcome": said})
    return Sentence("%(court)s, %(reference)s: pending", words)


APPEAL: Final = Kind(
    name="appeal",
    form=Appeal,
    words=Sentence("Appeal"),
    say=_say,
    fields=(
        Field("court", Sentence("Court"), required=True, longest=80),
        Field("reference", Sentence("Reference"), required=True, longest=80),
        Field("lodged_on", Sentence("Lodged"), Input.DATE),
        Field("case", Sentence("Case number"), longest=80),
        Field("against", Sentence("Against which order"), longest=80),
        Field(
            "outcome",
            Sentence("Outcome"),
            Input.CHOICE,
            options={key.value: words for key, words in APPEAL_OUTCOMES.items()},
        ),
        Field("decided_on", Sentence("Decided"), Input.DATE),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check,
)
