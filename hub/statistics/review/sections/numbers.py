"""How numbers stand in the review. Pure."""

from __future__ import annotations

from hub.statistics.review.blocks import Text, plain, said
from hub.statistics.review.evidence import Delay

NONE = Text(plain="–")
_DAY_HOURS = 72


def percent(part: int, whole: int) -> Text:
    """A part in per cent to a tenth; a dash of nothing."""
    return plain(f"{100 * part / whole:.1f} %") if whole else NONE


def delay(hours: float | None) -> Text:
    """Hours, or days where they are many."""
    if hours is None:
        return NONE
    if hours > _DAY_HOURS:
        return said("%(number)s days", number=f"{hours / 24:,.1f}")
    return said("%(number)s h", number=f"{hours:,.1f}")


def median_of(found: Delay | None) -> Text:
    return delay(None if found is None else found.median_hours)


def ninetieth_of(found: Delay | None) -> Text:
    return delay(None if found is None else found.p90_hours)
