"""How often tables and lists go out, as the agreements say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from hub.sharing.agreements.reading import InForce
from hub.sharing.agreements.terms import Frequency

_LONGEST: Final[Mapping[Frequency, timedelta]] = {
    Frequency.DAILY: timedelta(days=1),
    Frequency.WEEKLY: timedelta(days=7),
    Frequency.MONTHLY: timedelta(days=31),
    Frequency.YEARLY: timedelta(days=366),
}
_ON_REQUEST: Final = timedelta(days=7)
"""They asked for no more than to find it when they look; after a week somebody asks them."""


def turn_began(frequency: Frequency, on: date) -> date | None:
    """The first day of the day, week, month or year of `on`; None where nothing goes out by the calendar."""
    match frequency:
        case Frequency.DAILY:
            return on
        case Frequency.WEEKLY:
            return on - timedelta(days=on.weekday())
        case Frequency.MONTHLY:
            return on.replace(day=1)
        case Frequency.YEARLY:
            return on.replace(month=1, day=1)
    return None


def waits_for_turn(agreed: Iterable[InForce], *, files: bool) -> timedelta:
    """How long something may wait under these agreements before it can be called late: `files` have turns, while a
    program is told at once."""
    found = [timedelta()]
    for one in agreed:
        frequency = one.terms.frequency
        if frequency is Frequency.ON_REQUEST:
            found.append(_ON_REQUEST)
        elif files:
            found.append(_LONGEST.get(frequency, timedelta()))
    return max(found)
