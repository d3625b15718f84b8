"""When an entry happened, as far as the hub can tell. Pure.

A terminal has no clock of its own to trust at start, but counts milliseconds since its boot without fail. The hub
heard of an entry after it happened; so the earliest it can have heard, over all entries of a boot, bounds when the
boot began, and with it every entry of that boot from above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.terminals.actions import AGREEMENT
from wire.journal import Clock, Entry

LONGEST_BOOT = timedelta(days=3660)
"""A boot time past ten years says that the terminal's count is broken; it then bounds nothing."""

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Moment:
    """Best single time for an entry; `sure` when the terminal's clock was synchronised or agrees with the hub's."""

    at: datetime
    sure: bool


def boot_began_by(entry: Entry, received_at: datetime) -> datetime | None:
    """Latest time at which the entry's boot can have begun, None when its count cannot be used."""
    since = _since_boot(entry)
    return None if since is None else received_at - since


def reckon(entry: Entry, received_at: datetime, began_by: datetime | None, *, historical: bool) -> Moment:
    """Time of an entry, never later than it can have happened.

    A synchronised clock is believed, and so is one that says what the bound says. Any other is believed only where
    it says earlier than the bound and the entry was late anyway: a live entry of a terminal that thinks it is 1970
    happened at the bound, give or take the way here.
    """
    latest = received_at
    since = _since_boot(entry)
    if began_by is not None and since is not None:
        latest = min(latest, began_by + since)
    believed = max(_FIRST, min(_in_utc(entry.wall_time), latest))
    sure = entry.clock is Clock.SYNCHRONISED or abs(_in_utc(entry.wall_time) - latest) <= AGREEMENT
    return Moment(believed if sure or historical else latest, sure)


def _since_boot(entry: Entry) -> timedelta | None:
    if entry.boot_time_ms > LONGEST_BOOT / timedelta(milliseconds=1):
        return None
    return timedelta(milliseconds=entry.boot_time_ms)


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return _FIRST  # a year at the end of what can be written, with an offset past it
