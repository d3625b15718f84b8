"""What happened inside, and how the prison's own work went."""

from __future__ import annotations

from typing import Final

import numpy as np

from hub.statistics.cells import Cell
from hub.statistics.definitions import life, work
from hub.statistics.indicators.making import Maker
from hub.statistics.indicators.world import DAY_US, World
from hub.statistics.periods import Period
from hub.statistics.reading.life import ASSAULT
from hub.statistics.reading.timelines import Bools, Ints, micros

HOUR_US: Final = 3_600_000_000


def make(world: World, maker: Maker, period: Period) -> None:
    """Every indicator of `hub.statistics.definitions.life` and `.work` but deaths."""
    begins, ends = micros(period.begins_at), micros(period.ends_at)
    incidents, visits = world.life.incidents, world.life.visits
    happened = _within(incidents, begins, ends)
    maker.count(life.INCIDENTS, period, {"INCIDENT": incidents[:, 1]}, happened)
    maker.count(life.ASSAULTS, period, {}, happened & (incidents[:, 1] == ASSAULT))
    maker.count(life.VISITS, period, {"VISIT": visits[:, 1]}, _within(visits, begins, ends))
    complaints = world.life.complaints
    due = _within(complaints, begins, ends)
    maker.ratio(life.COMPLAINTS, period, {}, complaints[:, 1] <= complaints[:, 0], due)
    _work(world, maker, period, begins, ends)


def _work(world: World, maker: Maker, period: Period, begins: int, ends: int) -> None:
    passes, counts = world.work.passes, world.work.counts
    began = _within(passes, begins, ends)
    maker.count(work.PASSES, period, {}, began)
    maker.ratio(work.PASSES_IN_TIME, period, {}, passes[:, 1] == 0, began)
    held = _within(counts, begins, ends)
    maker.count(work.COUNTS, period, {}, held)
    maker.ratio(work.COUNTS_FIRST, period, {}, counts[:, 2] == 0, held)
    maker.ratio(work.COUNT_MINUTES, period, {}, counts[:, 1] - counts[:, 0] <= HOUR_US, held)
    doubts = world.work.doubts
    lasted = (np.minimum(doubts[:, 1], ends) - np.maximum(doubts[:, 0], begins)).clip(0)
    maker.put(
        work.DOUBT_DAYS, (), period, (),
        Cell(int(lasted.sum()) / DAY_US, int((lasted > 0).sum()), None),
    )  # fmt: skip


def _within(events: Ints, begins: int, ends: int) -> Bools:
    found: Bools = (events[:, 0] >= begins) & (events[:, 0] < ends)
    return found
