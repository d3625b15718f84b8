"""How things look on screen: times of the site, dates, ages, people."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from flask import Flask

from hub.web.door import now
from hub.web.language import current_language, day_in

SITE_ZONE: Final = ZoneInfo("America/Belize")


class Named(Protocol):
    """Anybody with a name."""

    @property
    def surname(self) -> str: ...

    @property
    def given(self) -> str: ...


def clock_time(at: datetime) -> str:
    """14:05 at the site."""
    return at.astimezone(SITE_ZONE).strftime("%H:%M")


def clock_seconds(at: datetime) -> str:
    """14:05:12 at the site."""
    return at.astimezone(SITE_ZONE).strftime("%H:%M:%S")


def calendar_date(on: date | datetime) -> str:
    """22 Nov 2026, at the site when it is a time."""
    day = on.astimezone(SITE_ZONE).date() if isinstance(on, datetime) else on
    return day_in(current_language(), day)


def calendar_month(on: date) -> str:
    """Nov 2026, of the month in which the day lies."""
    return calendar_date(on).split(" ", 1)[1]


def person_name(person: Named) -> str:
    """SURNAME, Given."""
    return f"{person.surname.upper()}, {person.given}"


def age_s(at: datetime) -> int:
    """Whole seconds since `at`, never negative."""
    return max(0, int((now() - at).total_seconds()))


def age_text(seconds: int) -> str:
    """12 s, 4 min, 2 h, 3 d: one unit, rounded down."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def start_of(day: date) -> datetime:
    """The first moment of a day at the site, in UTC."""
    return datetime.combine(day, time.min, SITE_ZONE).astimezone(UTC)


def iso(at: datetime) -> str:
    """UTC with a Z, for programs."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def install(app: Flask) -> None:
    """Give templates the filters named as these functions."""
    for function in (
        clock_time,
        clock_seconds,
        calendar_date,
        calendar_month,
        person_name,
        age_s,
        age_text,
        iso,
    ):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["hub_time"] = lambda: iso(now())
