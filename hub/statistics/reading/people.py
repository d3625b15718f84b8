"""What cuts the population by person: sex, birth, citizenship, home; on any day, as known at a time.

A date of birth does not take effect on a day: what was written last of it counts for every day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import msgspec
import numpy as np
from sqlalchemy.orm import Session

from hub.custody.identity import IDENTITY
from hub.custody.rules import Sex
from hub.custody.who.age import ADULT_AT
from hub.custody.who.contacts import ADDRESS, AddressSort
from hub.custody.who.countries import HOME_COUNTRY
from hub.custody.who.origin import NATIONALITY
from hub.statistics.cuts import AGE, AGE_FROM, CITIZENSHIP, DISTRICT, DISTRICTS, JUVENILE, NOT_KNOWN, SEX
from hub.statistics.reading.courses import Course, course_of
from hub.statistics.reading.joined import Joined
from hub.statistics.reading.timelines import ALWAYS, Ints, Timeline, read

NO_BIRTH: Final = -1


class _Identity(msgspec.Struct):
    born_on: date | None = None
    sex: Sex = Sex.UNKNOWN


class _Nationality(msgspec.Struct):
    country: str


class _Address(msgspec.Struct):
    sort: AddressSort
    district: str = ""
    country: str = HOME_COUNTRY


@dataclass(frozen=True)
class People:
    """`persons` has whose each stay is; `born` the day of birth as its digits (20261122), in the order of the stays."""

    persons: Ints
    sex: Course
    citizenship: Course
    district: Course
    born: Ints

    def at(self, moment: int) -> dict[str, Ints]:
        """For each stay the place in the cuts, at the end of the time before `moment`."""
        return {code: course.at(self.persons, moment) for code, course in self._courses()}

    def each(self, moments: Ints) -> dict[str, Ints]:
        """The same, each stay at a moment of its own."""
        return {code: course.each(self.persons, moments) for code, course in self._courses()}

    def ages(self, day: date | Ints) -> Ints:
        """Whole years on a day, or each on a day of its own (days since 1970); -1 where the birth is not known."""
        on = _written(day) if isinstance(day, date) else _written_days(day)
        return np.where(self.born == NO_BIRTH, -1, (on - self.born) // 10_000)

    def _courses(self) -> tuple[tuple[str, Course], ...]:
        return (("SEX", self.sex), ("CITIZENSHIP", self.citizenship), ("DISTRICT", self.district))


def age_bands(ages: Ints) -> Ints:
    """Places in the cut AGE."""
    return np.where(ages < 0, AGE.codes().index(NOT_KNOWN), np.searchsorted(AGE_FROM, ages, "right") - 1)


def juvenile(ages: Ints) -> Ints:
    """Places in the cut JUVENILE."""
    codes = JUVENILE.codes()
    young = np.where(ages < ADULT_AT, codes.index("JUVENILE"), codes.index("ADULT"))
    return np.where(ages < 0, codes.index(NOT_KNOWN), young)


def people_of(session: Session, persons: Ints, joined: Joined, known_at: datetime | None) -> People:
    """Of the people of these stays."""
    most = int(persons.max(initial=0))
    identity = read(session, IDENTITY, _Identity, _identity_codes, 2, known_at)
    nations = read(session, NATIONALITY, _Nationality, _nationality_codes, 1, known_at)
    nations = replace(nations, person=joined.persons(nations.person))
    address = read(session, ADDRESS, _Address, _address_codes, 1, known_at)
    home = address.part(address.codes[:, 0] >= 0)
    home = replace(home, person=joined.persons(home.person))
    return People(
        persons,
        course_of(identity, identity.starts, SEX.codes().index(NOT_KNOWN), most),
        # Of several nationalities the country's own is what counts.
        course_of(nations, -nations.codes[:, 0], CITIZENSHIP.codes().index(NOT_KNOWN), most),
        course_of(home, _order_of(home), DISTRICT.codes().index(NOT_KNOWN), most),
        _spread(persons, *_births(identity)),
    )


def _order_of(told: Timeline) -> Ints:
    """A rank for each row: what took effect later goes before, of two at once the one that was opened later."""
    found = np.empty(len(told.item), np.int64)
    found[np.lexsort((told.item, told.starts))] = np.arange(len(told.item))
    return found


def _births(identity: Timeline) -> tuple[Ints, Ints]:
    now = identity.part(identity.ends == ALWAYS)
    return now.person, now.codes[:, 1]


def _spread(persons: Ints, whose: Ints, values: Ints) -> Ints:
    """For each person their value, NO_BIRTH where there is none."""
    if not len(whose):
        return np.full(len(persons), NO_BIRTH)
    by_person = np.full(max(int(persons.max(initial=0)), int(whose.max())) + 1, NO_BIRTH)
    by_person[whose] = values
    found: Ints = by_person[persons]
    return found


def _written(day: date) -> int:
    """The day as its digits, 20261122: of two such the difference has the whole years before the last four."""
    return 10_000 * day.year + 100 * day.month + day.day


def _written_days(days: Ints) -> Ints:
    on = days.astype("M8[D]")
    month = on.astype("M8[M]")
    months = month.astype(np.int64)
    in_month = (on - month.astype("M8[D]")).astype(np.int64) + 1
    found: Ints = 10_000 * (1970 + months // 12) + 100 * (months % 12 + 1) + in_month
    return found


def _identity_codes(values: Sequence[_Identity]) -> Ints:
    born = [NO_BIRTH if one.born_on is None else _written(one.born_on) for one in values]
    return np.stack(
        (np.array([_SEXES[one.sex] for one in values], np.int64), np.array(born, np.int64)), axis=1
    )


def _nationality_codes(values: Sequence[_Nationality]) -> Ints:
    return np.array([_NATIONAL if one.country == HOME_COUNTRY else _FOREIGN for one in values], np.int64)


def _address_codes(values: Sequence[_Address]) -> Ints:
    return np.array([_district(one) for one in values], np.int64)


def _district(one: _Address) -> int:
    if one.sort is not AddressSort.HOME:
        return -1
    if one.country != HOME_COUNTRY:
        return _ABROAD
    name = one.district.strip().casefold().removesuffix(" district")
    if not name:
        return _NO_DISTRICT
    return _DISTRICTS.get(name, _OTHER)


_SEXES: Final = {
    Sex.FEMALE: SEX.codes().index("F"),
    Sex.MALE: SEX.codes().index("M"),
    Sex.UNKNOWN: SEX.codes().index(NOT_KNOWN),
}
_NATIONAL, _FOREIGN = (CITIZENSHIP.codes().index(code) for code in ("NATIONAL", "FOREIGN"))
_DISTRICTS: Final = {name: DISTRICT.codes().index(code) for name, code in DISTRICTS.items()}
_ABROAD, _OTHER, _NO_DISTRICT = (DISTRICT.codes().index(code) for code in ("ABROAD", "OTHER", NOT_KNOWN))
