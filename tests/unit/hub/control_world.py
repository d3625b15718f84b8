"""Invented prisons as figures, without a database: 1,200 people, 14 of them women and 24 of them juveniles."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from hub.statistics.cells import Cell, Figures
from hub.statistics.cuts import CUTS
from hub.statistics.definitions import ARRIVED, DEPARTED, INDICATORS
from hub.statistics.definitions.model import Sort, Unit
from hub.statistics.indicators.making import Maker, median
from hub.statistics.periods import Period, months_of, year_of

AT = datetime(2027, 1, 4, 12, tzinfo=UTC)
YEAR = 2026


def prison(
    seed: int = 1,
    people: int = 1_200,
    women: int = 14,
    young: int = 24,
    late: int = 0,
    *,
    quiet: bool = False,
) -> Figures:
    """Everything that is computed of a year and its months. `late`: people of the same world recorded afterwards.
    `quiet`: nobody is released after October.

    Stays are drawn once for `people` + `late`; without the late ones the rest is the same.
    """
    random = np.random.default_rng(seed)
    many = people * 17 // 10
    codes = {
        code: random.integers(0, len(cut.categories) - 1, many) ** 2 // max(1, len(cut.categories) - 2)
        for code, cut in CUTS.items()
    }
    codes["SEX"] = np.where(random.permutation(many) < women * 17 // 10, 0, 1)
    age = np.where(random.permutation(many) < young * 17 // 10, 0, 1 + random.integers(0, 7, many))
    codes["AGE"], codes["JUVENILE"] = age, np.where(age == 0, 1, 0)
    starts = random.integers(-200, 365, many)
    ends = np.where(random.random(many) < 0.5, starts + random.integers(1, 200, many), 10_000)
    if quiet:
        ends = np.where((ends >= 304) & (ends < 365), 10_000, ends)
    chosen = np.ones(many, bool)
    chosen[: many // 200] = late > 0
    periods = (*months_of(YEAR), year_of(YEAR))
    maker = Maker(periods)
    for period in periods:
        _fill(maker, period, codes, starts, ends, chosen)
    return Figures(maker.cubes(), periods, AT, AT)


def _fill(maker: Maker, period: Period, codes, starts, ends, chosen) -> None:  # type: ignore[no-untyped-def]
    first = year_of(YEAR).first_on
    begins, over = (period.first_on - first).days, (period.last_on - first).days + 1
    held = chosen & (starts < over) & (ends >= over)
    came, gone = (chosen & (at >= begins) & (at < over) for at in (starts, ends))
    status = codes["LEGAL_STATUS"]
    names = CUTS["LEGAL_STATUS"].codes()

    def is_one(*wanted: str):  # type: ignore[no-untyped-def]
        return np.isin(status, [names.index(one) for one in wanted])

    remand, criminal = is_one("REMAND"), ~is_one("CIVIL_PRISONER", "IMMIGRATION_DETAINEE")
    died = codes["REASON"] == CUTS["REASON"].codes().index("died")
    by_code = {
        "population": held,
        "opening": chosen & (starts < begins) & (ends >= begins),
        "admissions": came,
        "releases": gone,
        "deaths": gone & died,
        "sentenced": held & is_one("SENTENCED", "INDETERMINATE_SENTENCE", "RECALL"),
        "remand_over_limit": held & remand & (starts < over - 180),
        "left_unlawfully": came & (starts % 97 == 0),
        "retaken": came & (starts % 97 == 0),
        "incidents": came & (starts % 11 == 0),
        "assaults": came
        & (starts % 11 == 0)
        & (codes["INCIDENT"] == CUTS["INCIDENT"].codes().index("assault")),
        "visits": came & (starts % 5 == 0),
    }
    ratios = {
        "unsentenced_share": (held & remand, held & criminal),
        "unsentenced_wide_share": (held & (remand | is_one("CONVICTED_UNSENTENCED")), held & criminal),
        "returned_1y": (gone & (ends % 17 == 0), gone),
        "returned_2y": (gone & (ends % 13 < 2), gone),
        "returned_3y": (gone & (ends % 13 < 4), gone),
    }
    opening = by_code["opening"]
    maker.count(ARRIVED, period, codes, held & ~opening)
    maker.count(DEPARTED, period, codes, opening & ~held)
    for code, one in INDICATORS.items():
        if code in by_code:
            maker.count(one, period, codes, by_code[code])
        elif code in ratios:
            maker.ratio(one, period, codes, *ratios[code])
        elif one.sort is Sort.DURATION and one.unit is Unit.DAYS:
            maker.rank(one, period, codes, over - starts, np.flatnonzero(held & remand), median)
        else:
            maker.put(one, (), period, (), Cell(100.0, 100, 100))
