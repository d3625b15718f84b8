"""Inventing who somebody is: the facts of a person that no stay changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from hub.custody.facts.kinds import Form, Kind
from hub.custody.identity import IDENTITY, Identity
from hub.custody.rules import Sex
from hub.custody.who.background import BACKGROUND, Background, Education, Marital
from hub.custody.who.contacts import (
    ADDRESS,
    CHILD,
    CONTACT,
    Address,
    AddressSort,
    Child,
    Contact,
    Guardianship,
)
from hub.custody.who.identifiers import IDENTIFIER, Identifier, IdentifierSort
from hub.custody.who.marks import MARK, BodyPart, Mark, MarkSort, Side
from hub.custody.who.naming import ALIAS, Alias, AliasSort
from hub.custody.who.origin import LANGUAGE_SKILL, NATIONALITY, LanguageSkill, Nationality
from hub.reception.bulk import Bulk
from hub.reception.seed.names import TOWNS, Community, community, given, street, surname

_NICKNAMES: Final = (
    "Bigs",
    "Chiney",
    "Flaco",
    "Gordo",
    "Pops",
    "Rasta",
    "Shorty",
    "Tiny",
    "Trigger",
    "Viejo",
)
_WORK: Final = (
    "Labourer",
    "Fisherman",
    "Mason",
    "Carpenter",
    "Farmer",
    "Driver",
    "Mechanic",
    "Cane cutter",
    "Vendor",
    "None",
)
_TATTOOS: Final = ("Cross", "Name of a child", "Rose", "Scorpion", "Star", "Initials", "Jaguar")
_SCARS: Final = ("Scar of a machete cut", "Scar of an operation", "Burn")
_RELIGIONS: Final = ("Roman Catholic", "Pentecostal", "Seventh-day Adventist", "Anglican", "None", "Baptist")


@dataclass(frozen=True)
class Somebody:
    """An invented person with their row; `noted_at` is when they were first written down."""

    person_id: int
    identity: Identity
    community: Community
    country: str
    noted_at: datetime


def invent_identity(
    rng: Random, sex: Sex, born_on: date, twin_of: Identity | None
) -> tuple[Identity, Community]:
    """A name and a birth; like `twin_of` when somebody has to have a name twin."""
    of = community(rng)
    if twin_of is not None:
        return _born_near(twin_of, born_on, rng), of
    identity = Identity(
        surname=surname(rng, of),
        given=given(rng, of, sex),
        born_on=born_on,
        born_estimated=rng.random() < 0.04,
        sex=sex,
    )
    return identity, of


def _born_near(twin_of: Identity, born_on: date, rng: Random) -> Identity:
    """The same name, born within two years."""
    near = (twin_of.born_on or born_on) + timedelta(days=rng.randint(-700, 700))
    return Identity(surname=twin_of.surname, given=twin_of.given, born_on=near, sex=twin_of.sex)


def write_person(bulk: Bulk, rng: Random, identity: Identity, of: Community, noted_at: datetime) -> Somebody:
    """The person's row and the identity that it is made from."""
    person_id = bulk.person(identity, created_at=noted_at)
    country = of.country if rng.random() < 0.97 else "GT"
    somebody = Somebody(person_id, identity, of, country, noted_at)
    say(bulk, somebody, IDENTITY, identity)
    say(bulk, somebody, NATIONALITY, Nationality(country=country))
    return somebody


def write_life(bulk: Bulk, rng: Random, who: Somebody) -> None:
    """Languages, address, family, papers, marks and background, as a file has them that was kept with care."""
    for place, language in enumerate(who.community.languages):
        speaks = LanguageSkill(
            language=language,
            speaks=True,
            reads=rng.random() < 0.8,
            interpreter=place == 0 and language not in ("en", "es", "bzj"),
        )
        say(bulk, who, LANGUAGE_SKILL, speaks)
    town = rng.choice(list(TOWNS))
    say(
        bulk,
        who,
        ADDRESS,
        Address(sort=AddressSort.HOME, town=town, street=street(rng), district=TOWNS[town]),
    )
    _family(bulk, rng, who)
    _papers(bulk, rng, who)
    if rng.random() < 0.45:
        say(bulk, who, MARK, _mark(rng))
    background = Background(
        education=rng.choices(list(Education), [3] * len(Education))[0],
        reads_writes=rng.random() < 0.86,
        occupation=rng.choice(_WORK),
        religion=rng.choice(_RELIGIONS),
        marital=rng.choice(list(Marital)),
    )
    say(bulk, who, BACKGROUND, background)


def _family(bulk: Bulk, rng: Random, who: Somebody) -> None:
    name = f"{given(rng, who.community, Sex.FEMALE)} {who.identity.surname}"
    relation = rng.choice(("mother", "wife", "sister", "aunt", "common-law wife"))
    phone = f"6{rng.randint(0, 99):02d}-{rng.randint(0, 9999):04d}"
    say(
        bulk,
        who,
        CONTACT,
        Contact(name=name, relation=relation, phone=phone, next_of_kin=True, emergency=True),
    )
    if rng.random() < 0.5:
        for _ in range(rng.choices((1, 2, 3, 4), (5, 4, 2, 1))[0]):
            child = Child(
                name=given(rng, who.community, rng.choice((Sex.MALE, Sex.FEMALE))),
                age_years=rng.randint(0, 17),
                lives_at=rng.choice(list(TOWNS)),
                cared_for_by=name,
                guardianship=rng.choice(list(Guardianship)),
            )
            say(bulk, who, CHILD, child)


def _papers(bulk: Bulk, rng: Random, who: Somebody) -> None:
    if rng.random() < 0.7:
        number = f"{rng.randint(1, 999_999):09d}"
        say(
            bulk,
            who,
            IDENTIFIER,
            Identifier(sort=IdentifierSort.SOCIAL_SECURITY, number=number),
            source="Card seen",
        )
    if rng.random() < 0.6:
        number = f"CR{rng.randint(1990, 2026)}/{rng.randint(1, 99_999):05d}"
        say(
            bulk,
            who,
            IDENTIFIER,
            Identifier(sort=IdentifierSort.POLICE, number=number),
            source="Police record",
        )
    if rng.random() < 0.28:
        nickname = Alias(surname=rng.choice(_NICKNAMES), sort=AliasSort.NICKNAME)
        say(bulk, who, ALIAS, nickname)


def _mark(rng: Random) -> Mark:
    sort = rng.choice((MarkSort.TATTOO, MarkSort.TATTOO, MarkSort.SCAR))
    words = rng.choice(_TATTOOS if sort is MarkSort.TATTOO else _SCARS)
    return Mark(sort=sort, place=rng.choice(list(BodyPart)), description=words, side=rng.choice(list(Side)))


def say(bulk: Bulk, who: Somebody, kind: Kind[Any], value: Form, *, source: str = "") -> int:
    """State something of a person as known from their first coming on."""
    return bulk.fact(kind, value, who.person_id, None, who.noted_at, who.noted_at, source)
