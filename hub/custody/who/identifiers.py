"""Numbers that other agencies know somebody by, checked where their form is known."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.custody.search.projection import project as keep_search
from hub.custody.who.countries import Country, is_country
from hub.sentences import Sentence


class IdentifierSort(StrEnum):
    """Whose number it is."""

    POLICE = "police"
    COURT = "court"
    FORENSIC = "forensic"
    PASSPORT = "passport"
    SOCIAL_SECURITY = "social_security"
    BIRTH_CERTIFICATE = "birth_certificate"
    DRIVING_LICENCE = "driving_licence"
    VOTER = "voter"
    NATIONAL_IDENTITY = "national_identity"
    IMMIGRATION = "immigration"
    OTHER = "other"


IDENTIFIER_SORTS: Final = {
    IdentifierSort.POLICE: Sentence("Police"),
    IdentifierSort.COURT: Sentence("Court"),
    IdentifierSort.FORENSIC: Sentence("Forensic laboratory"),
    IdentifierSort.PASSPORT: Sentence("Passport"),
    IdentifierSort.SOCIAL_SECURITY: Sentence("Social security"),
    IdentifierSort.BIRTH_CERTIFICATE: Sentence("Birth certificate"),
    IdentifierSort.DRIVING_LICENCE: Sentence("Driving licence"),
    IdentifierSort.VOTER: Sentence("Voter's card"),
    IdentifierSort.NATIONAL_IDENTITY: Sentence("Identity card of another country"),
    IdentifierSort.IMMIGRATION: Sentence("Immigration"),
    IdentifierSort.OTHER: Sentence("Other"),
}

_SHAPES: Final = {
    # ICAO Doc 9303 leaves nine places for the number of a passport.
    IdentifierSort.PASSPORT: (
        re.compile(r"[A-Z0-9]{6,9}"),
        Sentence("A passport number has 6 to 9 letters and digits. Check it against the passport."),
    ),
    # The card of Belize's Social Security Board has nine digits.
    IdentifierSort.SOCIAL_SECURITY: (
        re.compile(r"[0-9]{9}"),
        Sentence("A social security number has nine digits, such as 000123456. Check the card."),
    ),
}


class Identifier(Form, frozen=True):
    """A number of another agency. `country` is whose passport or card it is."""

    sort: IdentifierSort
    number: str
    issued_by: str = ""
    country: str = ""
    expires_on: date | None = None


def plain_number(number: str) -> str:
    """The number as it is compared: capitals, without spaces and hyphens."""
    return re.sub(r"[\s-]+", "", number).upper()


def _check(value: Identifier, _today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    shape = _SHAPES.get(value.sort)
    if shape is not None and not shape[0].fullmatch(plain_number(value.number)):
        faults["number"] = shape[1]
    if value.country and not is_country(value.country):
        faults["country"] = Sentence("Choose the country from the list.")
    if value.sort is IdentifierSort.PASSPORT and not value.country:
        faults["country"] = Sentence("Choose the country that issued the passport.")
    return faults


def _say(value: Identifier) -> Sentence:
    words = {"sort": IDENTIFIER_SORTS[value.sort], "number": value.number}
    if value.country:
        return Sentence("%(sort)s %(number)s, %(country)s", {**words, "country": Country(value.country)})
    return Sentence("%(sort)s %(number)s", words)


IDENTIFIER: Final = Kind(
    name="identifier",
    form=Identifier,
    words=Sentence("Number of another agency"),
    say=_say,
    fields=(
        Field(
            "sort",
            Sentence("Whose number"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in IDENTIFIER_SORTS.items()},
        ),
        Field("number", Sentence("Number"), required=True, longest=60),
        Field("issued_by", Sentence("Issued by"), longest=80),
        Field("country", Sentence("Country, of a passport or card"), Input.COUNTRY),
        Field("expires_on", Sentence("Valid until"), Input.DATE),
    ),
    many=True,
    group=Group.WHO,
    check=_check,
    project=keep_search,
)
