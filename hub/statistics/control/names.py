"""One name for each number, however many tables it stands in.

Under-18s of the cut "adult or juvenile" are those of the age bands; a year's closing population is December's, and
the opening one that of the December before. Numbers under one name are given and withheld as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from hub.statistics.cells import TOTAL, Cube
from hub.statistics.control.plans import is_stock
from hub.statistics.definitions import Indicator
from hub.statistics.periods import Period, month_of

COLUMNS: Final = (
    "SEX", "AGE", "LEGAL_STATUS", "CITIZENSHIP", "ICCS", "DISTRICT", "SENTENCE", "ORDER", "REASON", "HOW",
    "INCIDENT", "VISIT",
)  # fmt: skip
"""By what published figures are cut, in the order of the columns."""
_YOUNG: Final = {"JUVENILE": "Y_LT18", "ADULT": "Y_GE18"}


def dimensions(cube: Cube, categories: tuple[str, ...]) -> dict[str, str]:
    """Column and category of a cell, without the cuts in which it is the total."""
    found = {}
    for cut, category in zip(cube.cuts, categories, strict=True):
        if category != TOTAL:
            column = "AGE" if cut.code == "JUVENILE" else cut.code
            found[column] = _YOUNG.get(category, category) if cut.code == "JUVENILE" else category
    return found


def name_of(indicator: Indicator | str, period: Period, part: str = "", **where: str) -> str:
    """The name of a number; `part` says which of a ratio's: count, rest or base."""
    code = indicator if isinstance(indicator, str) else indicator.code
    if code == "opening":
        code, period = "population", month_of(period.first_on - timedelta(days=1))
    elif not isinstance(indicator, str) and is_stock(indicator):
        period = end_of(period)
    return named(f"{code}#{part}" if part else code, period.code, where)


def end_of(period: Period) -> Period:
    """By what a stock is named: the month that ends with the period, or its last day where that is in mid-month."""
    month = month_of(period.last_on)
    return month if month.last_on == period.last_on else Period(period.last_on, period.last_on)


def named(code: str, period: str, where: Mapping[str, str]) -> str:
    """The name from its parts, whatever their order."""
    cuts = [f"{column}={where[column]}" for column in COLUMNS if column in where]
    return "|".join((code, period, *cuts))
