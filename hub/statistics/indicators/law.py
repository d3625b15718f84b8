"""Who is unsentenced, for how long; sentences; courts; who comes back."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from hub.custody.legal import LegalStatus
from hub.sentences import Sentence
from hub.statistics.cells import HeldBack
from hub.statistics.cuts import LEGAL_STATUS, REASON
from hub.statistics.definitions import law
from hub.statistics.indicators.making import Codes, Maker, median, ninetieth
from hub.statistics.indicators.world import DAY_US, World
from hub.statistics.periods import Period
from hub.statistics.reading.timelines import ALWAYS, Bools, Ints, micros
from hub.web.formats import SITE_ZONE

TOO_EARLY: Final = HeldBack(
    "too_early", Sentence("The time has not passed yet for everybody who was released in this period.")
)
NOT_FREE: Final = ("died", "deportation", "transferred_abroad")
"""Reasons of release after which nobody can come back as others can."""


def _places(*statuses: LegalStatus) -> Bools:
    """For each place of the cut whether it is one of these."""
    wanted = {one.value for one in statuses}
    return np.array([code in wanted for code in LEGAL_STATUS.codes()])


_REMAND: Final = _places(LegalStatus.REMAND)
_UNSENTENCED: Final = _places(LegalStatus.REMAND, LegalStatus.CONVICTED_UNSENTENCED)
_ADMINISTRATIVE: Final = _places(LegalStatus.CIVIL_PRISONER, LegalStatus.IMMIGRATION_DETAINEE)
_SENTENCED: Final = _places(LegalStatus.SENTENCED, LegalStatus.INDETERMINATE_SENTENCE, LegalStatus.RECALL)
_NOT_FREE: Final = [REASON.codes().index(one) for one in NOT_FREE]


def make(world: World, maker: Maker, period: Period, codes: Codes, held: Bools) -> None:
    """Every indicator of `hub.statistics.definitions.law` but the returns."""
    status = codes["LEGAL_STATUS"]
    criminal = held & ~_ADMINISTRATIVE[status]
    maker.ratio(law.UNSENTENCED, period, codes, _REMAND[status], criminal)
    maker.ratio(law.UNSENTENCED_WIDE, period, codes, _UNSENTENCED[status], criminal)
    maker.count(law.SENTENCED, period, codes, held & _SENTENCED[status])
    _remand(world, maker, period, codes, held & _REMAND[status])
    _courts(world, maker, period)


def _remand(world: World, maker: Maker, period: Period, codes: Codes, on_remand: Bools) -> None:
    moment, told = micros(period.ends_at), world.law.status
    since = world.stays.starts.copy()
    now = told.at(moment)
    since[told.stay[now]] = np.maximum(since[told.stay[now]], told.codes[now, 1])
    days, chosen = (moment - since) // DAY_US, np.flatnonzero(on_remand)
    maker.rank(law.REMAND_MEDIAN, period, codes, days, chosen, median)
    maker.rank(law.REMAND_P90, period, codes, days, chosen, ninetieth)
    maker.count(law.REMAND_OVER, period, codes, on_remand & (days > world.remand_limits[period]))


def _courts(world: World, maker: Maker, period: Period) -> None:
    moments, brought = world.law.hearings[:, 0], world.law.hearings[:, 1]
    due = (moments >= micros(period.begins_at)) & (moments < micros(period.ends_at))
    maker.ratio(law.PRODUCED, period, {}, due & (brought == 1), due & (brought >= 0))
    maker.count(law.HEARINGS_OPEN, period, {}, due & (brought < 0))


class Returns:
    """For each stay that ended in freedom: on which day the same person came again."""

    def __init__(self, world: World) -> None:
        stays = world.stays
        self._world = world
        self._free = (stays.ends != ALWAYS) & ~np.isin(stays.reasons, _NOT_FREE)
        gone_on = world.calendar.days(stays.ends)
        next_on = np.full(len(stays.ids), ALWAYS)
        later = _next(stays.persons, stays.starts, stays.ends)
        again = later >= 0
        next_on[again] = world.calendar.days(stays.starts[later[again]])
        self._again = [next_on <= _years_on(gone_on, years) for years in range(1, len(law.RETURNED) + 1)]
        self._today = world.at.astimezone(SITE_ZONE).date()

    def make(self, maker: Maker, period: Period) -> None:
        """The shares that came back, of those released in the period."""
        stays = self._world.stays
        gone = self._free & (stays.ends >= micros(period.begins_at)) & (stays.ends < micros(period.ends_at))
        last = _last_of_each(stays.persons, stays.ends, gone)
        codes = self._world.gone
        for years, what in enumerate(law.RETURNED, 1):
            if _later(period.last_on, years) >= self._today:
                maker.hold(what, period, TOO_EARLY)
            else:
                maker.ratio(what, period, codes, self._again[years - 1], last)


def _next(persons: Ints, starts: Ints, ends: Ints) -> Ints:
    """For each stay the first of the same person that began after its end, or as it ended; -1 where there is none."""
    many = len(starts)
    if not many:
        return np.zeros(0, np.int64)
    order = np.lexsort((starts, persons))
    place_of = np.empty(many, np.int64)
    place_of[order] = np.arange(many)
    # Numbers of persons and ranks of times in one key: microseconds and persons together would not fit.
    ranks = np.unique(starts)
    keys = persons[order] * (many + 1) + np.searchsorted(ranks, starts[order])
    place = np.searchsorted(keys, persons * (many + 1) + np.searchsorted(ranks, ends), "left")
    place += place == place_of  # one without length begins as it ends
    found = order[np.minimum(place, many - 1)]
    return np.where((place < many) & (persons[found] == persons), found, -1)


def _last_of_each(persons: Ints, ends: Ints, which: Bools) -> Bools:
    """Of each person the last of these stays."""
    chosen = np.flatnonzero(which)
    order = chosen[np.lexsort((ends[chosen], persons[chosen]))]
    last = np.append(persons[order][1:] != persons[order][:-1], True)[: len(order)]
    found = np.zeros(len(which), np.bool_)
    found[order[last]] = True
    return found


def _years_on(days: Ints, years: int) -> Ints:
    """The same day of the year so many years later; 29 February becomes 1 March where there is none."""
    on = days.astype("M8[D]")
    month = on.astype("M8[M]")
    into = on - month.astype("M8[D]")
    found: Ints = ((month + 12 * years).astype("M8[D]") + into).astype(np.int64)
    return found


def _later(day: date, years: int) -> date:
    found = _years_on(np.array([(day - date(1970, 1, 1)).days]), years)
    return date.fromordinal(int(found[0]) + date(1970, 1, 1).toordinal())
