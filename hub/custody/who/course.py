"""What Rule 8 asks to be written in the course of custody, and the answer that there is none."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.sentences import Sentence


class Security(StrEnum):
    """The class of custody that an assessment ended in."""

    MINIMUM = "minimum"
    MEDIUM = "medium"
    MAXIMUM = "maximum"
    NOT_YET = "not_yet"


SECURITIES: Final = {
    Security.NOT_YET: Sentence("Not classified yet"),
    Security.MINIMUM: Sentence("Minimum security"),
    Security.MEDIUM: Sentence("Medium security"),
    Security.MAXIMUM: Sentence("Maximum security"),
}


class Assessment(Form, frozen=True):
    """First assessment or a later classification (Rule 8 b)."""

    security: Security
    report: str
    assessed_by: str
    review_on: date | None = None


class Reward(Form, frozen=True):
    """A reward (Rule 8 e); sanctions are facts of their own."""

    what: str
    given_by: str


class Injury(Form, frozen=True):
    """How somebody was injured in custody (Rule 8 f); what the clinic found is a fact of health."""

    injured_at: datetime
    where: str
    circumstances: str
    reported_to: str = ""


class Death(Form, frozen=True):
    """How somebody died, and where the remains went (Rule 8 f). An outside authority is told at once (Rule 71)."""

    died_at: datetime
    where: str
    circumstances: str
    cause: str = ""
    certified_by: str = ""
    authority_told: str = ""
    family_told: str = ""
    remains: str = ""


class Answer(StrEnum):
    """What somebody answered when there is nothing to record."""

    NONE = "none"
    REFUSED = "refused"
    NOT_KNOWN = "not_known"


ANSWERS: Final = {
    Answer.NONE: Sentence("There is none"),
    Answer.REFUSED: Sentence("The person does not wish to say"),
    Answer.NOT_KNOWN: Sentence("The person does not know"),
}

ASKABLE: Final = {
    "property": Sentence("Property brought in"),
    "family": Sentence("Family members"),
    "children": Sentence("Children"),
    "emergency": Sentence("Whom to call in an emergency"),
    "next_of_kin": Sentence("Next of kin"),
    "representative": Sentence("Legal representative"),
    "gender": Sentence("Gender, as the person sees it"),
    "nationality": Sentence("Nationality"),
}
"""Items of Rules 7 and 8 that may truly be empty, by code."""


class Asked(Form, frozen=True):
    """The person was asked, and there is nothing to record: an answer, where an empty page is none."""

    about: str
    answer: Answer


def _check_asked(value: Asked, _today: date) -> dict[str, Sentence]:
    return {} if value.about in ASKABLE else {"about": Sentence("Choose from the list what was asked.")}


def _check_injury(value: Injury, today: date) -> dict[str, Sentence]:
    return _not_to_come("injured_at", value.injured_at, today)


def _check_death(value: Death, today: date) -> dict[str, Sentence]:
    return _not_to_come("died_at", value.died_at, today)


def _not_to_come(field: str, at: datetime, today: date) -> dict[str, Sentence]:
    # A day's grace: the evening at the site is the next day in UTC.
    return (
        {field: Sentence("This lies in the future. Check the date.")} if (at.date() - today).days > 1 else {}
    )


ASSESSMENT: Final = Kind(
    name="assessment",
    form=Assessment,
    words=Sentence("Assessment and classification"),
    say=lambda value: SECURITIES[value.security],
    fields=(
        Field(
            "security",
            Sentence("Class of custody"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in SECURITIES.items()},
        ),
        Field("report", Sentence("Report in short"), Input.LONG, required=True, longest=1000),
        Field("assessed_by", Sentence("Assessed by"), required=True, longest=80),
        Field("review_on", Sentence("Look at it again on"), Input.DATE),
    ),
    per=Per.BOOKING,
    group=Group.STAY,
)

REWARD: Final = Kind(
    name="reward",
    form=Reward,
    words=Sentence("Reward"),
    say=lambda value: Sentence("%(what)s", {"what": value.what}),
    fields=(
        Field("what", Sentence("What for, and what was given"), required=True),
        Field("given_by", Sentence("Given by"), required=True, longest=80),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.STAY,
    record=Permission.RECORD_UNIT_LIFE,
)

INJURY: Final = Kind(
    name="injury",
    form=Injury,
    words=Sentence("Injury in custody"),
    say=lambda value: Sentence(
        "%(where)s: %(circumstances)s", {"where": value.where, "circumstances": value.circumstances}
    ),
    fields=(
        Field("injured_at", Sentence("When"), Input.TIME, required=True),
        Field("where", Sentence("Where"), required=True, longest=120),
        Field("circumstances", Sentence("How it came about"), Input.LONG, required=True, longest=1000),
        Field("reported_to", Sentence("Reported to, and when"), longest=200),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.STAY,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check_injury,
)

DEATH: Final = Kind(
    name="death",
    form=Death,
    words=Sentence("Death"),
    say=lambda value: Sentence("%(where)s", {"where": value.where}),
    fields=(
        Field("died_at", Sentence("When"), Input.TIME, required=True),
        Field("where", Sentence("Where"), required=True, longest=120),
        Field("circumstances", Sentence("How it came about"), Input.LONG, required=True, longest=1000),
        Field("cause", Sentence("Cause, as certified"), longest=200),
        Field("certified_by", Sentence("Certified by"), longest=120),
        Field("authority_told", Sentence("Authority told, and when"), longest=200),
        Field("family_told", Sentence("Family told, who and when"), longest=200),
        Field("remains", Sentence("Where the remains went, and to whom"), longest=200),
    ),
    per=Per.BOOKING,
    legal=True,
    whole_days=False,
    group=Group.STAY,
    check=_check_death,
)

ASKED: Final = Kind(
    name="asked",
    form=Asked,
    words=Sentence("Asked, and nothing to record"),
    say=lambda value: Sentence(
        "%(about)s: %(answer)s",
        {"about": ASKABLE.get(value.about, value.about), "answer": ANSWERS[value.answer]},
    ),
    fields=(
        Field("about", Sentence("Asked about"), Input.CHOICE, required=True, options=ASKABLE),
        Field(
            "answer",
            Sentence("Answer"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in ANSWERS.items()},
        ),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.STAY,
    check=_check_asked,
)
