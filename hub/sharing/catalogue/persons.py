"""Fields about who somebody is."""

from __future__ import annotations

from typing import Any, Final

from hub.custody.identity import IDENTITY
from hub.custody.rules import Sex
from hub.custody.who.identifiers import IDENTIFIER, IdentifierSort
from hub.custody.who.marks import BODY_PARTS, MARK, MARK_SORTS, MarkSort
from hub.custody.who.naming import ALIAS
from hub.custody.who.origin import NATIONALITY
from hub.sentences import Sentence
from hub.sharing.catalogue.kinds import DataField
from hub.sharing.catalogue.reading import Reading
from hub.sharing.catalogue.values import DATE, TEXT, TEXTS, day, known, many, one_of, thing

SUBJECT: Final = ("j:Booking", "j:BookingSubject")
PERSON: Final = (*SUBJECT, "nc:RoleOfPerson")
_NAME: Final = (*PERSON, "nc:PersonName")
_SEEN: Final = (MarkSort.TATTOO, MarkSort.SCAR, MarkSort.BIRTHMARK, MarkSort.PIERCING)
"""Marks that help to recognise somebody; what is missing or replaced is a matter of health and never leaves."""


def _identity(what: str) -> Any:
    def read(one: Reading) -> Any:
        value = one.one(IDENTITY)
        return None if value is None else getattr(value, what)

    return read


def _born(one: Reading) -> str | None:
    value = one.one(IDENTITY)
    return None if value is None else day(value.born_on)


def _aliases(one: Reading) -> list[dict[str, Any]]:
    return [
        known({"nc:PersonSurName": value.surname, "nc:PersonGivenName": value.given})
        for value in one.said(ALIAS)
    ]


def _numbers(sort: IdentifierSort) -> Any:
    def read(one: Reading) -> list[str]:
        return [value.number for value in one.said(IDENTIFIER) if value.sort is sort]

    return read


def _marks(one: Reading) -> list[dict[str, Any]]:
    return [
        known(
            {
                "nc:PhysicalFeatureCategoryText": str(MARK_SORTS[value.sort]),
                "nc:PhysicalFeatureLocationText": str(BODY_PARTS[value.place]),
            }
        )
        for value in one.said(MARK)
        if value.sort in _SEEN
    ]


NUMBER: Final = DataField(
    "j:SubjectIdentification",
    Sentence("Number of the person"),
    lambda one: one.number or None,
    TEXT,
    SUBJECT,
    ("nc:IdentificationID",),
)
EARLIER_NUMBERS: Final = DataField(
    "pims:EarlierSubjectIdentification",
    Sentence("Other numbers of the same person"),
    lambda one: list(one.earlier_numbers()),
    TEXTS,
    SUBJECT,
)
SURNAME: Final = DataField(
    "nc:PersonSurName", Sentence("Surname"), _identity("surname"), TEXT, _NAME, kinds=("identity",)
)
GIVEN: Final = DataField(
    "nc:PersonGivenName", Sentence("Given names"), _identity("given"), TEXT, _NAME, kinds=("identity",)
)
BORN: Final = DataField(
    "nc:PersonBirthDate", Sentence("Born"), _born, DATE, PERSON, ("nc:Date",), kinds=("identity",)
)
SEX: Final = DataField(
    "j:PersonSexCode", Sentence("Sex"), _identity("sex"), one_of(Sex), PERSON, kinds=("identity",)
)
CITIZENSHIP: Final = DataField(
    "nc:PersonCitizenshipISO3166Alpha2Code",
    Sentence("Citizenship"),
    lambda one: [value.country for value in one.said(NATIONALITY)],
    TEXTS,
    PERSON,
    kinds=("nationality",),
)
ALIASES: Final = DataField(
    "nc:PersonAlternateName",
    Sentence("Other names"),
    _aliases,
    many(thing(nc__PersonSurName=TEXT, nc__PersonGivenName=TEXT)),
    PERSON,
    kinds=("alias",),
)
MARKS: Final = DataField(
    "nc:PersonPhysicalFeature",
    Sentence("Tattoos, scars and birthmarks"),
    _marks,
    many(thing(nc__PhysicalFeatureCategoryText=TEXT, nc__PhysicalFeatureLocationText=TEXT)),
    PERSON,
    kinds=("mark",),
    sensitive=True,
)
POLICE_NUMBER: Final = DataField(
    "j:PersonStateFingerprintIdentification",
    Sentence("Number with the police"),
    _numbers(IdentifierSort.POLICE),
    TEXTS,
    PERSON,
    kinds=("identifier",),
)
COURT_NUMBER: Final = DataField(
    "nc:PersonOtherIdentification",
    Sentence("Number with the courts"),
    _numbers(IdentifierSort.COURT),
    TEXTS,
    PERSON,
    kinds=("identifier",),
)
NAMES: Final = (NUMBER, SURNAME, GIVEN, BORN)
"""What nearly every message needs to say whom it means."""
