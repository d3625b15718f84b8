"""How long the figures of ten years take: every indicator, every month and year, every cut, from one reading."""

from __future__ import annotations

import resource
import time
from datetime import date, datetime
from typing import Any, Final

from hub.database import Sessions, session_scope
from hub.statistics.indicators import compute_from, world_at
from hub.statistics.periods import Period, months, year_of
from hub.web.formats import SITE_ZONE

YEARS: Final = 10


def measure(sessions: Sessions, at: datetime) -> dict[str, Any]:
    """Figures of the database as it is: `statistics_s` from the first question to the last cell.

    `statistics_cpu_s` is without waiting for others on the machine.
    """
    periods = _periods(at.astimezone(SITE_ZONE).date())
    begun, worked = time.perf_counter(), time.process_time()
    with session_scope(sessions, writes=False) as session:
        world = world_at(session, periods, at=at)
    read_s = time.perf_counter() - begun
    figures = compute_from(world, periods, at)
    return {
        "statistics_s": round(time.perf_counter() - begun, 2),
        "statistics_cpu_s": round(time.process_time() - worked, 2),
        "statistics_read_s": round(read_s, 2),
        "statistics_stays": len(world.stays.ids),
        "statistics_periods": len(periods),
        "statistics_cells": sum(len(cube.cells) for cube in figures.cubes.values()),
        "statistics_held_back": sum(
            cell.held is not None and cell.held.code == "does_not_add_up"
            for cube in figures.cubes.values()
            for cell in cube.cells.values()
        ),
        "statistics_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _periods(today: date) -> tuple[Period, ...]:
    """The 120 months that are over, and the years that lie wholly in them."""
    this = today.replace(day=1)
    found = months(this.replace(year=this.year - YEARS), today)[:-1]
    return (*found, *(year_of(year) for year in range(today.year - YEARS + 1, today.year)))
