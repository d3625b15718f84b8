"""Everything that the indicators need, read once, as it was known at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from hub.docket.limits import REMAND_DAYS
from hub.docket.limits_in_force import limits_on
from hub.statistics import cuts
from hub.statistics.cuts import NOT_KNOWN
from hub.statistics.entered.actions import entered
from hub.statistics.entered.records import Entered, EnteredFigure
from hub.statistics.periods import Period
from hub.statistics.reading.joined import joined_at
from hub.statistics.reading.law import Law, law_of
from hub.statistics.reading.life import Life, life_of
from hub.statistics.reading.people import People, age_bands, juvenile, people_of
from hub.statistics.reading.stays import Stays, stays_at
from hub.statistics.reading.timelines import Ints, Timeline, collecting_seldom, micros
from hub.statistics.reading.work import Work, work_of
from hub.web.formats import SITE_ZONE, start_of

DAY_US: Final = 86_400_000_000
_EARLIEST: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class Calendar:
    """Midnights of the site, from `first_on` on: which day a moment belongs to."""

    first_on: date
    midnights: Ints

    def days(self, moments: Ints) -> Ints:
        """Days since 1970 at the site; what lies outside the calendar gets its first or last day."""
        place = np.searchsorted(self.midnights, moments, "right") - 1
        return np.clip(place, 0, len(self.midnights) - 1) + self.first_on.toordinal() - _EARLIEST.toordinal()


@dataclass(frozen=True)
class World:
    """`at` is up to when things are known; a period that ends later is not over."""

    at: datetime
    known_at: datetime | None
    stays: Stays
    people: People
    law: Law
    life: Life
    work: Work
    calendar: Calendar
    entered: Mapping[Entered, Sequence[EnteredFigure]]
    remand_limits: Mapping[Period, int]
    came: Mapping[str, Ints] = field(repr=False)
    """For each stay the place in the cuts of people, as they were at the admission."""
    gone: Mapping[str, Ints] = field(repr=False)
    """The same at the release; of who is still held as it was said last."""

    def codes_at(self, moment: int, day: date) -> dict[str, Ints]:
        """For every stay the place in each cut, at the end of `day`, whose last moment lies before `moment`."""
        many, ages = len(self.stays.ids), self.people.ages(day)
        return {
            **self.people.at(moment),
            "AGE": age_bands(ages),
            "JUVENILE": juvenile(ages),
            "LEGAL_STATUS": _held(self.law.status, moment, many, cuts.LEGAL_STATUS),
            "ICCS": _held(self.law.offence, moment, many, cuts.OFFENCE),
            "SENTENCE": _held(self.law.sentence, moment, many, cuts.SENTENCE_BAND),
        }


def world_at(
    session: Session, periods: Sequence[Period], *, at: datetime, known_at: datetime | None = None
) -> World:
    """As known at `known_at`; None: at `at`, which is now."""
    with collecting_seldom():
        return _read(session, periods, at, known_at)


def _read(session: Session, periods: Sequence[Period], at: datetime, known_at: datetime | None) -> World:
    joined = joined_at(session, known_at)
    stays = stays_at(session, joined, known_at)
    people = people_of(session, stays.persons, joined, known_at)
    moment = at if known_at is None else min(at, known_at)
    calendar = _calendar(stays, moment)
    return World(
        moment,
        known_at,
        stays,
        people,
        law_of(session, stays, joined, known_at),
        life_of(session, known_at),
        work_of(session, joined, known_at),
        calendar,
        {name: entered(session, name, known_at) for name in Entered},
        {one: limits_on(session, one.last_on, known_at).number(REMAND_DAYS) for one in periods},
        # What is said at the very moment of the admission is so then.
        _of_people(people, stays.starts + 1, calendar.days(stays.starts)),
        _of_people(people, stays.ends, calendar.days(stays.ends)),
    )


def _of_people(people: People, moments: Ints, days: Ints) -> dict[str, Ints]:
    return {**people.each(moments), "JUVENILE": juvenile(people.ages(days))}


def _held(told: Timeline, moment: int, many: int, cut: cuts.Cut) -> Ints:
    found = np.full(many, cut.codes().index(NOT_KNOWN))
    now = told.at(moment)
    found[told.stay[now]] = told.codes[now, 0]
    return found


def _calendar(stays: Stays, until: datetime) -> Calendar:
    # Timelines can begin before the epoch only by a mistyped year; ages and anniversaries are not asked of them.
    earliest = max(0, int(stays.starts.min(initial=micros(until))))
    first = _EARLIEST + timedelta(days=earliest // DAY_US - 1) if earliest > DAY_US else _EARLIEST
    last = until.astimezone(SITE_ZONE).date() + timedelta(days=1)
    midnights = [micros(start_of(first + timedelta(days=one))) for one in range((last - first).days + 1)]
    return Calendar(first, np.array(midnights, np.int64))
