"""What Rule 7 a and the statistics of crime ask of a person's life: gender, schooling, work, faith."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.sentences import Sentence


class Education(StrEnum):
    """Highest level completed, in the steps of ISCED 2011."""

    NONE = "none"
    PRIMARY = "primary"
    LOWER_SECONDARY = "lower_secondary"
    UPPER_SECONDARY = "upper_secondary"
    TECHNICAL = "technical"
    TERTIARY = "tertiary"
    UNKNOWN = "unknown"


EDUCATIONS: Final = {
    Education.NONE: Sentence("No schooling completed"),
    Education.PRIMARY: Sentence("Primary school"),
    Education.LOWER_SECONDARY: Sentence("Lower secondary school"),
    Education.UPPER_SECONDARY: Sentence("Upper secondary school"),
    Education.TECHNICAL: Sentence("Technical or vocational school"),
    Education.TERTIARY: Sentence("College or university"),
    Education.UNKNOWN: Sentence("Not known"),
}


class Marital(StrEnum):
    """Civil state."""

    SINGLE = "single"
    MARRIED = "married"
    COMMON_LAW = "common_law"
    SEPARATED = "separated"
    DIVORCED = "divorced"
    WIDOWED = "widowed"
    UNKNOWN = "unknown"


MARITALS: Final = {
    Marital.SINGLE: Sentence("Single"),
    Marital.MARRIED: Sentence("Married"),
    Marital.COMMON_LAW: Sentence("Common-law union"),
    Marital.SEPARATED: Sentence("Separated"),
    Marital.DIVORCED: Sentence("Divorced"),
    Marital.WIDOWED: Sentence("Widowed"),
    Marital.UNKNOWN: Sentence("Not known"),
}


class Background(Form, frozen=True):
    """Schooling, work, faith and family state, as the person tells."""

    education: Education = Education.UNKNOWN
    reads_writes: bool | None = None
    occupation: str = ""
    religion: str = ""
    marital: Marital = Marital.UNKNOWN


class Gender(Form, frozen=True):
    """How the person sees their own gender, in their words (Rule 7 a)."""

    gender: str


BACKGROUND: Final = Kind(
    name="background",
    form=Background,
    words=Sentence("Schooling, work and faith"),
    say=lambda value: Sentence(
        "%(education)s; %(occupation)s",
        {
            "education": EDUCATIONS[value.education],
            "occupation": value.occupation or Sentence("no work told"),
        },
    ),
    fields=(
        Field(
            "education",
            Sentence("Schooling completed"),
            Input.CHOICE,
            options={key.value: words for key, words in EDUCATIONS.items()},
        ),
        Field("reads_writes", Sentence("Reads and writes"), Input.YES_NO),
        Field("occupation", Sentence("Work before custody"), longest=80),
        Field("religion", Sentence("Faith, if the person wishes to tell"), longest=80),
        Field(
            "marital",
            Sentence("Family state"),
            Input.CHOICE,
            options={key.value: words for key, words in MARITALS.items()},
        ),
    ),
    group=Group.WHO,
)

GENDER: Final = Kind(
    name="gender",
    form=Gender,
    words=Sentence("Gender, as the person sees it"),
    say=lambda value: Sentence("%(gender)s", {"gender": value.gender}),
    fields=(Field("gender", Sentence("In the person's own words"), required=True, longest=60),),
    group=Group.WHO,
)
