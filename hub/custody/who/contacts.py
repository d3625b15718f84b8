"""People and places around somebody: addresses, family, children, whoever stands for them before the law."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.custody.rules import EARLIEST_BIRTH
from hub.custody.who.countries import HOME_COUNTRY, is_country
from hub.sentences import Sentence


class AddressSort(StrEnum):
    """What the address is to the person."""

    HOME = "home"
    FAMILY = "family"
    AFTER_RELEASE = "after_release"


ADDRESS_SORTS: Final = {
    AddressSort.HOME: Sentence("Home before custody"),
    AddressSort.FAMILY: Sentence("Family"),
    AddressSort.AFTER_RELEASE: Sentence("After release"),
}


class Address(Form, frozen=True):
    """A place to live or to write to; `town` is a village too."""

    sort: AddressSort
    town: str
    street: str = ""
    district: str = ""
    country: str = HOME_COUNTRY


class Contact(Form, frozen=True):
    """A relative or friend. `next_of_kin` is told of grave illness or death, `emergency` is called first."""

    name: str
    relation: str
    phone: str = ""
    address: str = ""
    next_of_kin: bool = False
    emergency: bool = False


class Guardianship(StrEnum):
    """Who answers for a child while the parent is held."""

    OTHER_PARENT = "other_parent"
    RELATIVE = "relative"
    SOCIAL_SERVICES = "social_services"
    WITH_PERSON = "with_person"
    OF_AGE = "of_age"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


GUARDIANSHIPS: Final = {
    Guardianship.OTHER_PARENT: Sentence("The other parent"),
    Guardianship.RELATIVE: Sentence("A relative"),
    Guardianship.SOCIAL_SERVICES: Sentence("Social services"),
    Guardianship.WITH_PERSON: Sentence("Lives here with the person"),
    Guardianship.OF_AGE: Sentence("Nobody: of age"),
    Guardianship.NOBODY: Sentence("Nobody: needs help now"),
    Guardianship.UNKNOWN: Sentence("Not known"),
}


class Child(Form, frozen=True):
    """A child, where it lives and who has custody of it (Rule 7 f)."""

    name: str
    born_on: date | None = None
    age_years: int | None = None
    lives_at: str = ""
    cared_for_by: str = ""
    guardianship: Guardianship = Guardianship.UNKNOWN


class RepresentativeSort(StrEnum):
    """How somebody came to stand for the person."""

    PRIVATE = "private"
    LEGAL_AID = "legal_aid"
    COURT = "court"
    GUARDIAN = "guardian"


REPRESENTATIVE_SORTS: Final = {
    RepresentativeSort.PRIVATE: Sentence("Attorney of the person's choice"),
    RepresentativeSort.LEGAL_AID: Sentence("Legal aid"),
    RepresentativeSort.COURT: Sentence("Assigned by the court"),
    RepresentativeSort.GUARDIAN: Sentence("Guardian of a juvenile"),
}


class Representative(Form, frozen=True):
    """Whoever stands for the person before the law."""

    name: str
    sort: RepresentativeSort = RepresentativeSort.PRIVATE
    firm: str = ""
    phone: str = ""
    case: str = ""


def _check_address(value: Address, _today: date) -> dict[str, Sentence]:
    return {} if is_country(value.country) else {"country": Sentence("Choose the country from the list.")}


def _check_contact(value: Contact, _today: date) -> dict[str, Sentence]:
    if value.emergency and not (value.phone.strip() or value.address.strip()):
        return {"phone": Sentence("Write how they are reached in an emergency: a telephone or an address.")}
    return {}


def _check_child(value: Child, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if value.born_on is not None and not EARLIEST_BIRTH <= value.born_on <= today:
        faults["born_on"] = Sentence("The date of birth cannot be right. Check the year.")
    if value.age_years is not None and not 0 <= value.age_years <= 90:
        faults["age_years"] = Sentence("Write the age in whole years, 0 to 90.")
    return faults


def _say_address(value: Address) -> Sentence:
    place = ", ".join(part for part in (value.street, value.town, value.district) if part)
    return Sentence("%(sort)s: %(place)s", {"sort": ADDRESS_SORTS[value.sort], "place": place})


def _say_child(value: Child) -> Sentence:
    words = {"name": value.name, "guardian": GUARDIANSHIPS[value.guardianship]}
    if value.born_on is not None:
        return Sentence("%(name)s, born %(born)s: %(guardian)s", {**words, "born": value.born_on})
    return Sentence("%(name)s: %(guardian)s", words)


ADDRESS: Final = Kind(
    name="address",
    form=Address,
    words=Sentence("Address"),
    say=_say_address,
    fields=(
        Field(
            "sort",
            Sentence("Which address"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in ADDRESS_SORTS.items()},
        ),
        Field("street", Sentence("Street and house"), longest=120),
        Field("town", Sentence("Town or village"), required=True, longest=80),
        Field("district", Sentence("District"), longest=80),
        Field("country", Sentence("Country"), Input.COUNTRY, required=True),
    ),
    many=True,
    group=Group.FAMILY,
    check=_check_address,
)

CONTACT: Final = Kind(
    name="family_contact",
    form=Contact,
    words=Sentence("Relative or friend"),
    say=lambda value: Sentence("%(name)s, %(relation)s", {"name": value.name, "relation": value.relation}),
    fields=(
        Field("name", Sentence("Name"), required=True, longest=120),
        Field("relation", Sentence("What they are to the person"), required=True, longest=60),
        Field("phone", Sentence("Telephone"), longest=60),
        Field("address", Sentence("Address"), longest=200),
        Field("next_of_kin", Sentence("Next of kin"), Input.YES_NO),
        Field("emergency", Sentence("To be called in an emergency"), Input.YES_NO),
    ),
    many=True,
    group=Group.FAMILY,
    check=_check_contact,
)

CHILD: Final = Kind(
    name="child",
    form=Child,
    words=Sentence("Child"),
    say=_say_child,
    fields=(
        Field("name", Sentence("Name"), required=True, longest=120),
        Field("born_on", Sentence("Born"), Input.DATE),
        Field("age_years", Sentence("Age, if the date of birth is not known"), Input.NUMBER),
        Field("lives_at", Sentence("Where the child lives"), longest=200),
        Field("cared_for_by", Sentence("With whom, name and telephone"), longest=200),
        Field(
            "guardianship",
            Sentence("Who has custody of the child"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in GUARDIANSHIPS.items()},
        ),
    ),
    many=True,
    group=Group.FAMILY,
    check=_check_child,
)

REPRESENTATIVE: Final = Kind(
    name="representative",
    form=Representative,
    words=Sentence("Legal representative"),
    say=lambda value: Sentence(
        "%(name)s (%(sort)s)", {"name": value.name, "sort": REPRESENTATIVE_SORTS[value.sort]}
    ),
    fields=(
        Field("name", Sentence("Name"), required=True, longest=120),
        Field(
            "sort",
            Sentence("How they came to it"),
            Input.CHOICE,
            options={key.value: words for key, words in REPRESENTATIVE_SORTS.items()},
        ),
        Field("firm", Sentence("Firm or office"), longest=120),
        Field("phone", Sentence("Telephone"), longest=60),
        Field("case", Sentence("Case number"), longest=80),
    ),
    many=True,
    group=Group.FAMILY,
)
