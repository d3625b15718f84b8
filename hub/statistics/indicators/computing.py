"""All indicators of all periods. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hub.statistics.cells import Figures, HeldBack
from hub.statistics.definitions import ARRIVED, DEPARTED, INDICATORS
from hub.statistics.indicators import events, law, population
from hub.statistics.indicators.balancing import checked
from hub.statistics.indicators.contradictions import Contradicting
from hub.statistics.indicators.making import NOT_OVER, Codes, Maker
from hub.statistics.indicators.world import World, world_at
from hub.statistics.periods import Period
from hub.statistics.reading.timelines import collecting_seldom, micros


def compute(
    session: Session, periods: Sequence[Period], *, at: datetime, known_at: datetime | None = None
) -> Figures:
    """Every indicator for each period, from one reading; as known at `known_at`, None for now, which is `at`.

    What cannot be said is held back in its cell, and so is what does not add up.
    """
    return compute_from(world_at(session, periods, at=at, known_at=known_at), periods, at)


def compute_from(world: World, periods: Sequence[Period], at: datetime) -> Figures:
    """The same, of a world that was read for these periods."""
    with collecting_seldom():
        return _compute(world, periods, at)


def _compute(world: World, periods: Sequence[Period], at: datetime) -> Figures:
    maker = Maker(tuple(periods))
    returns = law.Returns(world)
    gone_before: dict[str, int] = {}
    codes_on: dict[date, Codes] = {}
    contradicting, contradicted = Contradicting(world.stays), dict[str, HeldBack]()
    for period in periods:
        if period.ends_at > world.at:
            for what in (*INDICATORS.values(), ARRIVED, DEPARTED):
                maker.hold(what, period, NOT_OVER)
            continue
        moment = micros(period.ends_at)
        before = period.first_on - timedelta(days=1)
        for day, then in ((before, micros(period.begins_at)), (period.last_on, moment)):
            if day not in codes_on:
                codes_on[day] = world.codes_at(then, day)
        codes, held = codes_on[period.last_on], world.stays.held(moment)
        population.make(world, maker, period, codes, held, codes_on[before])
        law.make(world, maker, period, codes, held)
        returns.make(maker, period)
        events.make(world, maker, period)
        gone_before[period.code] = population.ended_at_large(world, period)
        held_back = contradicting.within(period).held()
        if held_back is not None:
            contradicted[period.code] = held_back
    return Figures(checked(maker.cubes(), gone_before, contradicted), tuple(periods), world.known_at, at)
