"""Where somebody comes from: nationality, word to the consulate, languages."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.who.countries import Country, is_country
from hub.custody.who.tongues import Tongue
from hub.sentences import Sentence

_NO_COUNTRY: Final = Sentence("Choose the country from the list.")


class Nationality(Form, frozen=True):
    """One nationality; somebody may have several, each a fact of its own."""

    country: str


class Told(StrEnum):
    """Whether the consulate heard of the detention."""

    YES = "yes"
    NOT_YET = "not_yet"
    REFUSED_BY_PERSON = "refused_by_person"


TOLD: Final = {
    Told.NOT_YET: Sentence("Not told yet"),
    Told.YES: Sentence("Told"),
    Told.REFUSED_BY_PERSON: Sentence("Not told: the person does not want it"),
}


class Consulate(Form, frozen=True):
    """Vienna Convention on Consular Relations, article 36: the person is asked, and the consulate told without delay.

    `notified_at` where `told` is YES; of a refusal it is when the person said so, and `notified_by` who heard it.
    """

    country: str
    told: Told = Told.NOT_YET
    notified_at: datetime | None = None
    notified_by: str = ""
    how: str = ""
    answered_on: date | None = None
    answer: str = ""


class LanguageSkill(Form, frozen=True):
    """A language, and whether somebody has to interpret out of it."""

    language: str
    speaks: bool | None = None
    reads: bool | None = None
    interpreter: bool = False


def _check_nationality(value: Nationality, _today: date) -> dict[str, Sentence]:
    return {} if is_country(value.country) else {"country": _NO_COUNTRY}


def _check_consulate(value: Consulate, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not is_country(value.country):
        faults["country"] = _NO_COUNTRY
    if value.told is not Told.NOT_YET and value.notified_at is None:
        faults["notified_at"] = Sentence("Write when this was, day and time.")
    if value.told is not Told.NOT_YET and not value.notified_by.strip():
        faults["notified_by"] = Sentence("Write who did it.")
    if value.notified_at is not None and value.notified_at.date() > today and "notified_at" not in faults:
        faults["notified_at"] = Sentence("This lies in the future. Check the date.")
    if value.answered_on is not None and value.answered_on > today:
        faults["answered_on"] = Sentence("This lies in the future. Check the date.")
    return faults


def _say_consulate(value: Consulate) -> Sentence:
    return Sentence("%(country)s: %(told)s", {"country": Country(value.country), "told": TOLD[value.told]})


def _say_language(value: LanguageSkill) -> Sentence:
    if value.interpreter:
        return Sentence("%(language)s, needs an interpreter", {"language": Tongue(value.language)})
    return Sentence("%(language)s", {"language": Tongue(value.language)})


NATIONALITY: Final = Kind(
    name="nationality",
    form=Nationality,
    words=Sentence("Nationality"),
    say=lambda value: Sentence("%(country)s", {"country": Country(value.country)}),
    fields=(Field("country", Sentence("Country"), Input.COUNTRY, required=True),),
    many=True,
    group=Group.WHO,
    check=_check_nationality,
)

CONSULATE: Final = Kind(
    name="consulate",
    form=Consulate,
    words=Sentence("Word to the consulate"),
    say=_say_consulate,
    fields=(
        Field("country", Sentence("Country"), Input.COUNTRY, required=True),
        Field(
            "told",
            Sentence("Was the consulate told?"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in TOLD.items()},
            hint=Sentence(
                "Ask the person first. If they do not want it, that is recorded and nobody is told."
            ),
        ),
        Field("notified_at", Sentence("Told, or refused, at"), Input.TIME),
        Field("notified_by", Sentence("Who told them, or heard the refusal"), longest=80),
        Field("how", Sentence("How: telephone, letter, in person"), longest=80),
        Field("answered_on", Sentence("Answered on"), Input.DATE),
        Field("answer", Sentence("What the consulate answered"), Input.LONG, longest=500),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.WHO,
    check=_check_consulate,
)

LANGUAGE_SKILL: Final = Kind(
    name="language",
    form=LanguageSkill,
    words=Sentence("Language"),
    say=_say_language,
    fields=(
        Field("language", Sentence("Language"), required=True, longest=60),
        Field("speaks", Sentence("Speaks it"), Input.YES_NO),
        Field("reads", Sentence("Reads it"), Input.YES_NO),
        Field("interpreter", Sentence("Needs an interpreter"), Input.YES_NO),
    ),
    many=True,
    group=Group.WHO,
)
