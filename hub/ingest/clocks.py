"""When an entry happened, as far as the hub can tell. Pure.

A terminal has no clock of its own to trust at start, but counts milliseconds since its boot without fail. The hub
heard of an entry after it happened; so the earliest it can have heard, over all entries of a boot, bounds when the
boot began, and with it every entry of that boot from above. Echoes bound it from below as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.terminals.actions import AGREEMENT
from wire.journal import Clock, Entry

LONGEST_BOOT = timedelta(days=3660)
"""A boot time past ten years says that the terminal's count is broken; it then bounds nothing."""

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""No entry is older."""


@dataclass(frozen=True)
class Moment:
    """Best single time for an entry; `sure` when the terminal's clock was synchronised or agrees with the hub's.

    `earliest_at` and `latest_at` bound it; they are left out where the time itself is the bound.
    """

    at: datetime
    sure: bool
    earliest_at: datetime | None = None
    latest_at: datetime | None = None

    @property
    def early_ms(self) -> int:
        """How much earlier it may have been."""
        return 0 if self.earliest_at is None else _ms(self.at - self.earliest_at)

    @property
    def late_ms(self) -> int:
        """How much later it may have been."""
        return 0 if self.latest_at is None else _ms(self.latest_at - self.at)


def _ms(span: timedelta) -> int:
    return -(-span // timedelta(milliseconds=1)) if span > timedelta() else 0


def boot_began_by(entry: Entry, received_at: datetime) -> datetime | None:
    """Latest time at which the entry's boot can have begun, None when its count cannot be used."""
    since = _since_boot(entry)
    return None if since is None else received_at - since


def reckon(
    entry: Entry,
    received_at: datetime,
    began_by: datetime | None,
    *,
    historical: bool,
    began_after: datetime | None = None,
) -> Moment:
    """Time of an entry, never later than it can have happened, nor earlier.

    A synchronised clock is believed as far as it does not contradict when its boot can have begun, and so is one that
    says what the bound says. Any other is believed only where it says earlier than the bound and the entry was late
    anyway: a live entry of a terminal that thinks it is 1970 happened at the bound, give or take the way here. Where
    both bounds are known to a few seconds, the entry's time is sure whatever its clock said.
    """
    since = _since_boot(entry)
    latest, earliest = received_at, FIRST
    if since is not None:
        latest = received_at if began_by is None else min(received_at, began_by + since)
        earliest = FIRST if began_after is None else min(latest, began_after + since)
    said = in_utc(entry.wall_time)
    believed = max(earliest, min(said, latest))
    told_well = entry.clock is Clock.SYNCHRONISED and said >= earliest - AGREEMENT
    sure = told_well or latest - earliest <= AGREEMENT or abs(said - latest) <= AGREEMENT
    at = believed if sure or historical else latest
    return Moment(at, True) if sure else bounded(at, earliest, latest)


def bounded(at: datetime, earliest: datetime, latest: datetime) -> Moment:
    """A time of an unsure clock with its bounds, to the whole millisecond outwards, as they are kept."""
    early, late = (timedelta(milliseconds=_ms(span)) for span in (at - earliest, latest - at))
    return Moment(at, False, at - early, at + late)


def _since_boot(entry: Entry) -> timedelta | None:
    if entry.boot_time_ms > LONGEST_BOOT / timedelta(milliseconds=1):
        return None
    return timedelta(milliseconds=entry.boot_time_ms)


def in_utc(time: datetime) -> datetime:
    """The time in UTC, whatever a terminal wrote."""
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return FIRST  # a year at the end of what can be written, with an offset past it
