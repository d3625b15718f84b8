"""Population and its flow, capacity, length of stay."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from hub.sentences import Sentence
from hub.statistics.cells import Cell, HeldBack
from hub.statistics.cuts import REASON
from hub.statistics.definitions import life, population
from hub.statistics.entered.actions import in_force
from hub.statistics.entered.records import Entered
from hub.statistics.indicators.making import Codes, Maker, median, percent
from hub.statistics.indicators.world import DAY_US, World
from hub.statistics.periods import Period
from hub.statistics.reading.timelines import Bools, Ints, micros
from hub.web.formats import start_of

NO_CAPACITY = HeldBack(
    "no_capacity",
    Sentence("No cell had been recorded by then, and no official capacity entered for that day."),
)
_DIED = REASON.codes().index("died")


def make(world: World, maker: Maker, period: Period, codes: Codes, held: Bools, opened: Codes) -> None:
    """Every indicator of `hub.statistics.definitions.population`, and deaths; `opened` are codes as it began."""
    begins, ends = micros(period.begins_at), micros(period.ends_at)
    people = _people(world, held)
    maker.count(population.POPULATION, period, codes, held, whole=people)
    opening = _people(world, world.stays.held(begins))
    maker.put(population.OPENING, (), period, (), Cell(opening, opening))
    before = world.stays.held(begins)
    maker.count(population.ARRIVED, period, codes, held & ~before)
    maker.count(population.DEPARTED, period, opened, before & ~held)
    _flow(world, maker, period, begins, ends)
    _average(world, maker, period)
    _occupancy(world, maker, period, people, ends)


def _people(world: World, held: Bools) -> int:
    """People, not stays: whoever has two at once is one."""
    return int(np.count_nonzero(np.bincount(world.stays.persons[held])))


def _flow(world: World, maker: Maker, period: Period, begins: int, ends: int) -> None:
    stays, away = world.stays, world.stays.away
    came = _within(stays.starts, begins, ends)
    gone = _within(stays.ends, begins, ends)
    maker.count(population.ADMISSIONS, period, _of_admission(world), came)
    of_release = _of_release(world)
    maker.count(population.RELEASES, period, of_release, gone)
    left = _within(away.starts, begins, ends)
    # Who goes at large as the stay ends was released; who is at large when it ends went out of custody before.
    back = _within(away.ends, begins, ends) & (away.ends < stays.ends[away.stay])
    people = world.people
    for what, which, moments in (
        (population.LEFT_UNLAWFULLY, left, away.starts), (population.RETAKEN, back, away.ends),
    ):  # fmt: skip
        sexes = people.sex.each(people.persons[away.stay], moments)
        maker.count(what, period, {"SEX": sexes, "HOW": away.codes[:, 0]}, which)
    maker.count(life.DEATHS, period, of_release, gone & (stays.reasons == _DIED))
    days = (stays.ends - stays.starts) // DAY_US
    maker.rank(population.STAY_DAYS, period, of_release, days, np.flatnonzero(gone), median)


def _of_admission(world: World) -> Codes:
    return {**world.came, "LEGAL_STATUS": world.law.first_status, "ORDER": world.law.first_order}


def _of_release(world: World) -> Codes:
    return {**world.gone, "REASON": world.stays.reasons}


def _within(moments: Ints, begins: int, ends: int) -> Bools:
    found: Bools = (moments >= begins) & (moments < ends)
    return found


def ended_at_large(world: World, period: Period) -> int:
    """Stays that ended in the period while the person was at large: the release took nobody out of custody."""
    stays, away = world.stays, world.stays.away
    over = away.ends == stays.ends[away.stay]
    return int((_within(away.ends, micros(period.begins_at), micros(period.ends_at)) & over).sum())


def _average(world: World, maker: Maker, period: Period) -> None:
    first = period.first_on
    midnights = np.array([micros(start_of(first + timedelta(days=one + 1))) for one in range(period.days)])
    inside = _nights(world.stays.starts, world.stays.ends, midnights)
    inside -= _nights(world.stays.away.starts, world.stays.away.ends, midnights)
    maker.put(population.AVERAGE, (), period, (), Cell(inside / period.days, inside, period.days))


def _nights(starts: Ints, ends: Ints, midnights: Ints) -> int:
    """Over how many of the midnights each lasted, added up."""
    # Midnight belongs to the day before: begun strictly earlier, and not over earlier.
    return int(
        (np.searchsorted(midnights, ends, "right") - np.searchsorted(midnights, starts, "right"))
        .clip(0)
        .sum()
    )


def _occupancy(world: World, maker: Maker, period: Period, people: int, ends: int) -> None:
    places = capacity(world, period, ends)
    if places is None:
        maker.hold(population.CAPACITY, period, NO_CAPACITY)
        maker.hold(population.OCCUPANCY, period, NO_CAPACITY)
        return
    maker.put(population.CAPACITY, (), period, (), Cell(places, places))
    maker.put(population.OCCUPANCY, (), period, (), percent(people, places))


def capacity(world: World, period: Period, ends: int) -> int | None:
    """Official capacity at the end of the period; None where nobody knows it."""
    row = in_force(world.entered[Entered.OFFICIAL_CAPACITY], period.last_on)
    if row is not None:
        return row.value
    before = int(np.searchsorted(world.work.places[:, 0], ends, "left"))
    return int(world.work.places[before - 1, 1]) if before else None
