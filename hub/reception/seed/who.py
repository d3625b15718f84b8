"""Inventing who somebody is: the facts of a person that no stay changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from hub.reception.seed.names import TOWNS, Community, community, given, street, surname, town

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


_SCHOOLING: Final = (2, 5, 3, 2, 1, 0.3, 0.4)
_MARITALS: Final = (5, 2, 3.5, 1, 0.6, 0.3, 0.4)


@dataclass(frozen=True)
class Somebody:
    """An invented person with their row; `noted_at` is when they were first written down.

    `town` is home, `kin` whom to call; both empty where nobody asked.
    """

    person_id: int
    identity: Identity
    community: Community
    country: str
    noted_at: datetime
    town: str = ""
    kin: str = ""
    has_children: bool = False


@dataclass(frozen=True)
class Like:
    """Whom somebody has to be taken for: the same name and nearly the same birth, or a brother."""

    other: Somebody
    brother: bool = False


def invent_identity(
    rng: Random, sex: Sex, born_on: date, like: Like | None, *, abroad: bool = False
) -> tuple[Identity, Community]:
    """A name and a birth, of a community; like another's where there has to be a twin or a brother."""
    of = like.other.community if like is not None else community(rng, abroad=abroad)
    if like is not None and not like.brother:
        return _born_near(like.other.identity, born_on, rng), of
    identity = Identity(
        surname=surname(rng, of) if like is None else like.other.identity.surname,
        given=given(rng, of, sex),
        born_on=born_on,
        born_estimated=rng.random() < 0.04,
        sex=sex,
    )
    return identity, of


def written_twice(rng: Random, of: Identity) -> Identity:
    """The same person as another desk wrote them down: another spelling, or day and month the other way round."""
    born_on = of.born_on
    if born_on is not None and born_on.day <= 12 and rng.random() < 0.5:
        born_on = born_on.replace(month=born_on.day, day=born_on.month)
    elif born_on is not None and rng.random() < 0.4:
        born_on += timedelta(days=rng.choice((-365, -10, -1, 1, 10, 366)))
    name = of.surname
    if rng.random() < 0.5:
        place = rng.randrange(min(2, len(name) - 1), len(name))
        name = name[:place] + name[place - 1] + name[place:]
    return Identity(surname=name, given=of.given.split()[0], born_on=born_on, sex=of.sex)


def _born_near(twin_of: Identity, born_on: date, rng: Random) -> Identity:
    """The same name, born within two years."""
    near = (twin_of.born_on or born_on) + timedelta(days=rng.randint(-700, 700))
    return Identity(surname=twin_of.surname, given=twin_of.given, born_on=near, sex=twin_of.sex)


def write_person(
    bulk: Bulk, rng: Random, identity: Identity, of: Community, noted_at: datetime, *, born_here: bool = True
) -> Somebody:
    """The person's row and the identity that it is made from."""
    person_id = bulk.person(identity, created_at=noted_at)
    country = of.country if not born_here or rng.random() < 0.97 else "GT"
    somebody = Somebody(person_id, identity, of, country, noted_at)
    source = "Told by the person" if identity.born_estimated else ""
    say(bulk, somebody, IDENTITY, identity, source=source)
    say(bulk, somebody, NATIONALITY, Nationality(country=country))
    return somebody


def write_life(bulk: Bulk, rng: Random, who: Somebody, like: Like | None = None) -> Somebody:
    """Languages, address, family, papers, marks and background, as a file has them that was kept with care."""
    for place, language in enumerate(who.community.languages):
        speaks = LanguageSkill(
            language=language,
            speaks=True,
            reads=rng.random() < 0.8,
            interpreter=place == 0 and language not in ("en", "es", "bzj"),
        )
        say(bulk, who, LANGUAGE_SKILL, speaks)
    home = town(rng) if like is None or not like.other.town else like.other.town
    say(
        bulk,
        who,
        ADDRESS,
        Address(sort=AddressSort.HOME, town=home, street=street(rng), district=TOWNS[home]),
    )
    who = _family(bulk, rng, replace(who, town=home), like)
    _papers(bulk, rng, who)
    if rng.random() < 0.45:
        say(bulk, who, MARK, _mark(rng))
    background = Background(
        education=rng.choices(list(Education), _SCHOOLING)[0],
        reads_writes=rng.random() < 0.86,
        occupation=rng.choice(_WORK),
        religion=rng.choice(_RELIGIONS),
        marital=rng.choices(list(Marital), _MARITALS)[0],
    )
    say(bulk, who, BACKGROUND, background)
    return who


def _family(bulk: Bulk, rng: Random, who: Somebody, like: Like | None) -> Somebody:
    name = f"{given(rng, who.community, Sex.FEMALE)} {who.identity.surname}"
    relation = rng.choice(("mother", "wife", "sister", "aunt", "common-law wife"))
    brothers = like is not None and like.brother
    if like is not None and brothers and like.other.kin:
        name, relation = like.other.kin, "mother"
    phone = f"6{rng.randint(0, 99):02d}-{rng.randint(0, 9999):04d}"
    told = Contact(name=name, relation=relation, phone=phone, next_of_kin=True, emergency=True)
    say(bulk, who, CONTACT, told)
    if like is not None and brothers:
        other = like.other.identity
        brother = Contact(name=f"{other.given} {other.surname}", relation="brother, was here too")
        say(bulk, who, CONTACT, brother)
    has_children = rng.random() < 0.5
    if has_children:
        for _ in range(rng.choices((1, 2, 3, 4), (5, 4, 2, 1))[0]):
            child = Child(
                name=given(rng, who.community, rng.choice((Sex.MALE, Sex.FEMALE))),
                age_years=rng.randint(0, 17),
                lives_at=town(rng),
                cared_for_by=name,
                guardianship=rng.choices(list(Guardianship), (6, 3, 0.5, 0, 0, 0.1, 0.6))[0],
            )
            say(bulk, who, CHILD, child)
    return replace(who, kin=name, has_children=has_children)


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
