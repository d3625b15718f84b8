"""Days, months and years at the site, with their first and last moments in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from hub.web.formats import start_of


@dataclass(frozen=True, order=True)
class Period:
    """From the first moment of `first_on` to the last of `last_on`, at the site."""

    first_on: date
    last_on: date

    @property
    def code(self) -> str:
        """2026, 2026-11 or 2026-11-22, as the period is; 2026-01-05/2026-03-07 for any other."""
        return _code(self.first_on, self.last_on)

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    @property
    def begins_at(self) -> datetime:
        """The first moment: what is so then is the opening."""
        return start_of(self.first_on)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it: what is so then is the closing."""
        return start_of(self.last_on + timedelta(days=1))

    @property
    def year(self) -> int:
        return self.last_on.year


@lru_cache(maxsize=4_096)
def _code(first: date, last: date) -> str:
    if first == last:
        return first.isoformat()
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return f"{first.year:04}"
    if Period(first, last) == month_of(first):
        return f"{first.year:04}-{first.month:02}"
    return f"{first.isoformat()}/{last.isoformat()}"


def month_of(day: date) -> Period:
    """The month in which a day lies."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(first, following - timedelta(days=1))


def year_of(year: int) -> Period:
    """A calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def months(first: date, last: date) -> tuple[Period, ...]:
    """Every month from the one of `first` to the one of `last`."""
    found = [month_of(first)]
    while found[-1].last_on < last:
        found.append(month_of(found[-1].last_on + timedelta(days=1)))
    return tuple(found)


def months_of(year: int) -> tuple[Period, ...]:
    """The twelve months of a year."""
    return months(date(year, 1, 1), date(year, 12, 31))


def period_of(code: str) -> Period:
    """The period of a code; ValueError for anything else."""
    if "/" in code:
        first, last = code.split("/")
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    if len(code) == 4:
        return year_of(int(code))
    if len(code) == 7:
        return month_of(date.fromisoformat(f"{code}-01"))
    day = date.fromisoformat(code)
    return Period(day, day)
