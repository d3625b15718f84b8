"""Health: for the clinic alone, and the few words that the clinic lets everybody read."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.sentences import Sentence


class FlagSort(StrEnum):
    """What the flag is about."""

    CONDITION = "condition"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    DISABILITY = "disability"
    PREGNANCY = "pregnancy"
    INFECTIOUS = "infectious"
    MENTAL_HEALTH = "mental_health"
    SUICIDE_RISK = "suicide_risk"
    WITHDRAWAL = "withdrawal"


FLAG_SORTS: Final = {
    FlagSort.CONDITION: Sentence("Illness"),
    FlagSort.MEDICATION: Sentence("Medicine"),
    FlagSort.ALLERGY: Sentence("Allergy"),
    FlagSort.DISABILITY: Sentence("Disability"),
    FlagSort.PREGNANCY: Sentence("Pregnancy"),
    FlagSort.INFECTIOUS: Sentence("Infectious"),
    FlagSort.MENTAL_HEALTH: Sentence("Mental health"),
    FlagSort.SUICIDE_RISK: Sentence("Risk of self-harm"),
    FlagSort.WITHDRAWAL: Sentence("Withdrawal"),
}


class DietWhy(StrEnum):
    """Why somebody eats otherwise."""

    MEDICAL = "medical"
    ALLERGY = "allergy"
    RELIGIOUS = "religious"
    PREGNANCY = "pregnancy"
    CHOICE = "choice"


DIET_WHY: Final = {
    DietWhy.MEDICAL: Sentence("Medical"),
    DietWhy.ALLERGY: Sentence("Allergy"),
    DietWhy.RELIGIOUS: Sentence("Religious"),
    DietWhy.PREGNANCY: Sentence("Pregnancy"),
    DietWhy.CHOICE: Sentence("Own choice"),
}


class HealthFlag(Form, frozen=True):
    """Something that the clinic has to know; `review_on` is when it looks again."""

    sort: FlagSort
    what: str
    review_on: date | None = None


class Diet(Form, frozen=True):
    """What somebody may or may not eat. The kitchen is told by an operational word, without the reason."""

    why: DietWhy
    what: str


class Screening(Form, frozen=True):
    """Answers of the health screening at admission; None or empty: not asked, or no answer given."""

    thinks_of_suicide: bool | None = None
    harmed_self_before: bool | None = None
    alcohol_withdrawal: bool | None = None
    drug_withdrawal: bool | None = None
    takes_medicine: bool | None = None
    medicine: str = ""
    allergies: str = ""
    pregnant: bool | None = None
    injured: bool | None = None
    injuries: str = ""
    infectious: bool | None = None
    long_illness: str = ""
    mental_health_care: bool | None = None
    needs_aid: str = ""
    asked_by: str = ""


class OperationalNeed(Form, frozen=True):
    """What everybody may read because they have to act on it; it names no illness."""

    need: str
    until_on: date | None = None


_URGENT: Final = (
    ("thinks_of_suicide", Sentence("Thinks of suicide or of harming themselves")),
    ("harmed_self_before", Sentence("Has harmed themselves before")),
    ("alcohol_withdrawal", Sentence("Withdrawal from alcohol")),
    ("drug_withdrawal", Sentence("Withdrawal from drugs")),
    ("takes_medicine", Sentence("Takes medicine that must not stop")),
    ("pregnant", Sentence("Pregnant")),
    ("injured", Sentence("Injured")),
    ("infectious", Sentence("May be infectious: cough, fever, rash")),
    ("mental_health_care", Sentence("Under care for mental health")),
)


def concerns(value: Screening) -> tuple[Sentence, ...]:
    """What the nurse has to look at, gravest first; for those who may see health alone."""
    return tuple(words for name, words in _URGENT if getattr(value, name) is True)


def needs_nurse(value: Screening) -> bool:
    """Whether the nurse sees the person before the cell: all that anybody else is told."""
    return bool(concerns(value))


def _say_screening(value: Screening) -> Sentence:
    found = len(concerns(value))
    if found:
        return Sentence("%(count)s answers for the nurse", {"count": found})
    return Sentence("Nothing urgent was told")


_YES_NO: Final = tuple(Field(name, words, Input.YES_NO) for name, words in _URGENT)

HEALTH_FLAG: Final = Kind(
    name="health_flag",
    form=HealthFlag,
    words=Sentence("Health"),
    say=lambda value: Sentence("%(sort)s: %(what)s", {"sort": FLAG_SORTS[value.sort], "what": value.what}),
    fields=(
        Field(
            "sort",
            Sentence("What it is about"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in FLAG_SORTS.items()},
        ),
        Field("what", Sentence("What the clinic has to know"), Input.LONG, required=True, longest=500),
        Field("review_on", Sentence("Look at it again on"), Input.DATE),
    ),
    many=True,
    group=Group.HEALTH,
    see=Permission.SEE_HEALTH,
    record=Permission.RECORD_HEALTH,
)

DIET: Final = Kind(
    name="diet",
    form=Diet,
    words=Sentence("Diet"),
    say=lambda value: Sentence("%(why)s: %(what)s", {"why": DIET_WHY[value.why], "what": value.what}),
    fields=(
        Field(
            "why",
            Sentence("Why"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in DIET_WHY.items()},
        ),
        Field("what", Sentence("What may or may not be eaten"), required=True),
    ),
    many=True,
    group=Group.HEALTH,
    see=Permission.SEE_HEALTH,
    record=Permission.RECORD_HEALTH,
)

HEALTH_SCREENING: Final = Kind(
    name="health_screening",
    form=Screening,
    words=Sentence("Health screening"),
    say=_say_screening,
    fields=(
        *_YES_NO,
        Field("medicine", Sentence("Which medicine, how much, when last"), longest=300),
        Field("allergies", Sentence("Allergies"), longest=200),
        Field("injuries", Sentence("Which injuries"), longest=300),
        Field("long_illness", Sentence("Long illnesses"), longest=300),
        Field("needs_aid", Sentence("Needs an aid: glasses, crutches, hearing aid"), longest=200),
        Field("asked_by", Sentence("Who asked"), longest=80),
    ),
    per=Per.BOOKING,
    group=Group.HEALTH,
    whole_days=False,
    see=Permission.SEE_HEALTH,
    record=Permission.RECORD_HEALTH,
)

OPERATIONAL_NEED: Final = Kind(
    name="operational_need",
    form=OperationalNeed,
    words=Sentence("What everybody has to heed"),
    say=lambda value: Sentence("%(need)s", {"need": value.need}),
    fields=(
        Field(
            "need",
            Sentence("What has to be done"),
            required=True,
            longest=120,
            hint=Sentence(
                "Everybody reads this. Say what to do, never why: needs a ramp, lower bunk, food without nuts."
            ),
        ),
        Field("until_on", Sentence("Until"), Input.DATE),
    ),
    many=True,
    group=Group.WHO,
    record=Permission.RECORD_HEALTH,
)
