"""Which cell fits whom, and why not. Pure: law and order of the house, without a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub.custody.legal import LegalStatus
from hub.custody.rules import Sex
from hub.sentences import Sentence

ADULT_AT_YEARS: Final = 18
"""A child is below eighteen: Convention on the Rights of the Child, article 1; Nelson Mandela Rule 11 (d)."""


class Ages(StrEnum):
    """Whom a cell is for, by age."""

    ANY = "any"
    ADULT = "adult"
    JUVENILE = "juvenile"


class Sexes(StrEnum):
    """Whom a cell is for, by sex."""

    ANY = "any"
    MALE = "M"
    FEMALE = "F"


class Apart(StrEnum):
    """How far two people must be kept from each other."""

    CELL = "CELL"
    TIER = "TIER"
    BLOCK = "BLOCK"
    SITE = "SITE"


class Grade(StrEnum):
    """What an obstacle asks for. NOTE is said and no more; NEVER cannot be overridden."""

    NOTE = "note"
    SUPERVISOR = "supervisor"
    NEVER = "never"


@dataclass(frozen=True)
class CellView:
    """A cell as it is said to be. `statuses` empty allows all."""

    id: int
    code: str
    zone: str
    name: str
    block: str
    tier: str
    certified: int
    working: int
    maximum: int
    sexes: Sexes
    ages: Ages
    statuses: frozenset[str]
    out_of_order: bool
    reason: str


@dataclass(frozen=True)
class Who:
    """What counts of a person for where they sleep; `born_on` None when it is not known."""

    person_id: int
    sex: str
    born_on: date | None
    status: str


@dataclass(frozen=True)
class KeptApart:
    """Somebody that the person must be kept from, and where that one lives; `cell` None when in none."""

    number: str
    apart: Apart
    cell: CellView | None


@dataclass(frozen=True)
class Obstacle:
    """Why a cell does not fit."""

    code: str
    grade: Grade
    words: Sentence


def is_juvenile(born_on: date | None, today: date) -> bool | None:
    """None when the date of birth is not known."""
    if born_on is None:
        return None
    years = today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    return years < ADULT_AT_YEARS


def obstacles(
    cell: CellView, who: Who, living_there: Sequence[Who], kept_apart: Collection[KeptApart], today: date
) -> list[Obstacle]:
    """Everything that speaks against `who` sleeping in `cell`, where `living_there` sleep already."""
    others = [one for one in living_there if one.person_id != who.person_id]
    found = _of_capacity(cell, len(others))
    found += _of_sex(cell, who, others)
    found += _of_age(cell, who, others, today)
    if cell.statuses and who.status not in cell.statuses:
        found.append(
            Obstacle("status", Grade.SUPERVISOR, Sentence("The cell is not for people of this legal status."))
        )
    found += [_of_keep_apart(one) for one in kept_apart if _is_near(cell, one)]
    return found


def worst(found: Collection[Obstacle]) -> Grade | None:
    """The gravest grade, None when nothing speaks against it."""
    order = (Grade.NEVER, Grade.SUPERVISOR, Grade.NOTE)
    return next((grade for grade in order if any(one.grade is grade for one in found)), None)


def over_certified(cells: Mapping[str, CellView], occupants: Mapping[str, int]) -> int:
    """Overcrowding: the sum over cells of how many sleep there beyond the certified number."""
    return sum(max(0, occupants.get(code, 0) - cell.certified) for code, cell in cells.items())


def _of_capacity(cell: CellView, others: int) -> list[Obstacle]:
    if cell.out_of_order:
        return [Obstacle("out_of_order", Grade.NEVER, Sentence("The cell is out of order."))]
    counts = {"count": others, "places": cell.maximum}
    if others >= cell.maximum:
        words = Sentence("The cell is full: %(count)s of %(places)s places at most.", counts)
        return [Obstacle("full", Grade.NEVER, words)]
    if others >= cell.working:
        words = Sentence(
            "Beyond the working capacity: %(count)s sleep on %(places)s places.",
            {"count": others, "places": cell.working},
        )
        return [Obstacle("over_working", Grade.SUPERVISOR, words)]
    if others >= cell.certified:
        words = Sentence(
            "Beyond the certified capacity: %(count)s sleep on %(places)s places.",
            {"count": others, "places": cell.certified},
        )
        return [Obstacle("over_certified", Grade.NOTE, words)]
    return []


def _of_sex(cell: CellView, who: Who, others: Sequence[Who]) -> list[Obstacle]:
    if who.sex == Sex.UNKNOWN:
        words = Sentence("The person's sex is not recorded: record it, or ask the supervisor.")
        return [Obstacle("sex_unknown", Grade.SUPERVISOR, words)]
    if cell.sexes is not Sexes.ANY and cell.sexes != who.sex:
        return [Obstacle("sex", Grade.SUPERVISOR, Sentence("The cell is for the other sex."))]
    if any(one.sex not in (who.sex, Sex.UNKNOWN) for one in others):
        return [Obstacle("sex", Grade.SUPERVISOR, Sentence("Somebody of the other sex lives there."))]
    return []


def _of_age(cell: CellView, who: Who, others: Sequence[Who], today: date) -> list[Obstacle]:
    young = is_juvenile(who.born_on, today)
    if young is None:
        if cell.ages is Ages.ANY:
            return []
        words = Sentence("The date of birth is not recorded: nobody knows whether the person is a juvenile.")
        return [Obstacle("age_unknown", Grade.SUPERVISOR, words)]
    if young and cell.ages is Ages.ADULT:
        return [
            Obstacle("age", Grade.SUPERVISOR, Sentence("The cell is for adults, the person is a juvenile."))
        ]
    if not young and cell.ages is Ages.JUVENILE:
        return [
            Obstacle("age", Grade.SUPERVISOR, Sentence("The cell is for juveniles, the person is an adult."))
        ]
    if any(is_juvenile(one.born_on, today) is (not young) for one in others):
        words = Sentence("Adults live there.") if young else Sentence("A juvenile lives there.")
        return [Obstacle("age", Grade.SUPERVISOR, words)]
    return []


def _is_near(cell: CellView, other: KeptApart) -> bool:
    if other.cell is None:
        return False
    same_block = cell.block == other.cell.block
    return {
        Apart.CELL: cell.code == other.cell.code,
        Apart.TIER: same_block and cell.tier == other.cell.tier,
        Apart.BLOCK: same_block,
        Apart.SITE: True,
    }[other.apart]


def _of_keep_apart(other: KeptApart) -> Obstacle:
    words = {
        Apart.CELL: Sentence(
            "Must be kept apart from %(number)s, who lives in this cell.", {"number": other.number}
        ),
        Apart.TIER: Sentence(
            "Must be kept apart from %(number)s, who lives on this tier.", {"number": other.number}
        ),
        Apart.BLOCK: Sentence(
            "Must be kept apart from %(number)s, who lives in this block.", {"number": other.number}
        ),
        Apart.SITE: Sentence("Must not be in one prison with %(number)s.", {"number": other.number}),
    }
    return Obstacle("keep_apart", Grade.SUPERVISOR, words[other.apart])


LEGAL_STATUS_CODES: Final = frozenset(status.value for status in LegalStatus)
