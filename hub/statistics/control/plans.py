"""What a publication is to hold: of a year every table, of a month the roll at its end; of single months no flow.

Only calendar years and months are published: two windows that overlap would show by subtraction what lies between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.sentences import RefusedError, Sentence
from hub.statistics.definitions import INDICATORS, Indicator, Sort, Unit
from hub.statistics.periods import Period, month_of, months_of, year_of

MONTHLY: Final = (
    "population", "admissions", "releases", "average_population", "capacity", "occupancy", "unsentenced_share",
    "remand_median_days",
)  # fmt: skip
"""Figures without a cut that are given for each month."""
HOUSE: Final = frozenset(
    {
        "average_population", "capacity", "occupancy", "passes", "passes_in_time_share", "counts_cleared",
        "counts_first_share", "counts_in_time_share", "produced_share", "hearings_unanswered",
        "complaints_in_time_share", "docket_days",
    }
)  # fmt: skip
"""About the prison's own work or its walls, never cut by who somebody is: small numbers of them are given."""


@dataclass(frozen=True)
class Plan:
    """`cuts`: for the period itself, by indicator, which tables; `months` are given with `MONTHLY` alone."""

    period: Period
    months: tuple[Period, ...]
    cuts: Mapping[str, tuple[tuple[str, ...], ...]]

    @property
    def periods(self) -> tuple[Period, ...]:
        """Everything that has to be computed."""
        return (*self.months, self.period)

    @property
    def totals_only(self) -> bool:
        """Whether nothing of it is cut."""
        return all(by == () for tables in self.cuts.values() for by in tables)


def plan_of(period: Period) -> Plan:
    """The plan of a year or a month; RefusedError for any other period."""
    if period == year_of(period.year):
        every = {code: ((), *one.cuts) for code, one in INDICATORS.items()}
        return Plan(period, months_of(period.year), every)
    if period == month_of(period.first_on):
        tables: dict[str, tuple[tuple[str, ...], ...]] = dict.fromkeys(MONTHLY, ((),))
        tables["population"] = ((), *INDICATORS["population"].cuts)
        return Plan(period, (), tables)
    raise RefusedError(
        "no_such_period", Sentence("Choose a year or a month: other periods are not published.")
    )


def totals_plan(period: Period) -> Plan:
    """Every figure of a period without a cut: what a document tells beside the publications."""
    return Plan(period, (), dict.fromkeys(INDICATORS, ((),)))


def is_stock(one: Indicator) -> bool:
    """Whether it is as at the end of the period, so that a year's is that of its last month."""
    return one.sort is Sort.STOCK or one.code in ("unsentenced_share", "unsentenced_wide_share", "occupancy")


def is_rank(one: Indicator) -> bool:
    """A median or the like: nothing that adds up."""
    return one.sort is Sort.DURATION and one.unit is Unit.DAYS


def is_ratio(one: Indicator) -> bool:
    """A part in per cent of a whole, both of people or events."""
    return one.sort is Sort.RATIO
