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
    Frequency.ON_REQUEST: timedelta(days=7),  # they asked for no more than to find it when they look
}


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


def waits_for_turn(agreed: Iterable[InForce]) -> timedelta:
    """How long something may wait for its turn under these agreements before it can be called late."""
    return max((_LONGEST.get(one.terms.frequency, timedelta()) for one in agreed), default=timedelta())
