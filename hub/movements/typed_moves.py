"""What was typed into the forms of moves, and what it means. RefusedError says what cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final, TypeVar

from flask import request

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.accounts.second import second_officer
from hub.movements.site.tree import Tree
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

E = TypeVar("E", bound=StrEnum)

WEEKDAYS: Final = (
    Sentence("Mon"),
    Sentence("Tue"),
    Sentence("Wed"),
    Sentence("Thu"),
    Sentence("Fri"),
    Sentence("Sat"),
    Sentence("Sun"),
)
_NO_TIME: Final = Sentence("Write date and time, for example 2026-11-22 14:05.")
_EARLIEST: Final = date(2000, 1, 1)
_LATEST: Final = date(2200, 1, 1)


def text(name: str, longest: int = 300) -> str:
    """Without spaces around, cut to `longest`."""
    return request.form.get(name, "").strip()[:longest]


def choice(name: str, kind: type[E]) -> E:
    """One of the codes of a list."""
    code = request.form.get(name, "")
    if code not in kind._value2member_map_:
        raise RefusedError("no_choice", Sentence("Choose one of what is listed."))
    return kind(code)


def moment(name: str) -> datetime:
    """A time at the site, in UTC."""
    try:
        found = datetime.fromisoformat(text(name, 32))
    except ValueError:
        raise RefusedError("no_time", _NO_TIME) from None
    if found.tzinfo is not None or not _EARLIEST <= found.date() <= _LATEST:
        raise RefusedError("no_time", _NO_TIME)
    return found.replace(tzinfo=SITE_ZONE).astimezone(UTC)


def day(typed: str) -> date:
    """A day; RefusedError for what is none."""
    try:
        found = date.fromisoformat(typed.strip()[:10])
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None
    if not _EARLIEST <= found <= _LATEST:
        raise RefusedError("no_such_year", Sentence("This date cannot be right. Check the year."))
    return found


def seconds_of_day(name: str) -> int:
    """A time of day, in seconds after midnight."""
    try:
        found = time.fromisoformat(text(name, 8))
    except ValueError:
        raise RefusedError("no_clock", Sentence("Write a time of day, for example 08:30.")) from None
    return found.hour * 3_600 + found.minute * 60 + found.second


def weekdays() -> frozenset[int]:
    """The days of the week that were ticked, 0 for Monday."""
    return frozenset(
        int(one) for one in request.form.getlist("weekday") if one in "0123456" and len(one) == 1
    )


def zone(name: str, tree: Tree) -> int:
    """A zone of the site by its code."""
    found = tree.by_code(request.form.get(name, "")[:64])
    if found is None or found.is_closed:
        raise RefusedError("no_zone", Sentence("Choose a place of this site."))
    return found.id


def zone_if_any(name: str, tree: Tree) -> int | None:
    """The same, None where nothing was chosen."""
    return zone(name, tree) if request.form.get(name, "") else None


def signer() -> Actor | None:
    """The second officer, when one signs on this screen; None when nobody did."""
    if not text("second_login", 64):
        return None
    return second_officer(Permission.APPROVE_ABSENCE, besides=())


def local(at: datetime) -> str:
    """How a time stands in an input of this page."""
    return at.astimezone(SITE_ZONE).strftime("%Y-%m-%dT%H:%M")


def clock_of(seconds: int) -> str:
    """08:30, of seconds after midnight."""
    return f"{seconds // 3_600:02d}:{seconds % 3_600 // 60:02d}"
