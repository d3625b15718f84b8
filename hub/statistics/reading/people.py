"""What cuts the population by person: sex, birth, citizenship, home. As it was last written, as known at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """For each stay, in the order of the stays: places in the cuts, and the day of birth as its digits (20261122)."""

    sex: Ints
    citizenship: Ints
    district: Ints
    born: Ints

    def ages(self, day: date | Ints) -> Ints:
        """Whole years on a day, or each on a day of its own (days since 1970); -1 where the birth is not known."""
        on = _written(day) if isinstance(day, date) else _written_days(day)
        return np.where(self.born == NO_BIRTH, -1, (on - self.born) // 10_000)


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
    identity = _now(read(session, IDENTITY, _Identity, _identity_codes, 2, known_at))
    nationality = _now(read(session, NATIONALITY, _Nationality, _nationality_codes, 1, known_at))
    address = _now(read(session, ADDRESS, _Address, _address_codes, 1, known_at))
    home = address.part(address.codes[:, 0] >= 0)
    foreign = np.argsort(
        -nationality.codes[:, 0], kind="stable"
    )  # the country's own last: that is what counts
    return People(
        _spread(persons, identity.person, identity.codes[:, 0], SEX.codes().index(NOT_KNOWN)),
        _spread(
            persons,
            joined.persons(nationality.person[foreign]),
            nationality.codes[foreign, 0],
            CITIZENSHIP.codes().index(NOT_KNOWN),
        ),
        _spread(persons, joined.persons(home.person), home.codes[:, 0], DISTRICT.codes().index(NOT_KNOWN)),
        _spread(persons, identity.person, identity.codes[:, 1], NO_BIRTH),
    )


def _now(told: Timeline) -> Timeline:
    kept = told.part(told.ends == ALWAYS)
    return kept.part(np.argsort(kept.item, kind="stable"))


def _spread(persons: Ints, whose: Ints, values: Ints, none: int) -> Ints:
    """For each person the last of their values."""
    if not len(whose):
        return np.full(len(persons), none)
    by_person = np.full(max(int(persons.max(initial=0)), int(whose.max())) + 1, none)
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
