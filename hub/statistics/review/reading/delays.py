"""Delays as the review tells them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np

from hub.statistics.review.evidence import Delay

_HOUR_S: Final = 3_600


def hours_between(happened_at: datetime, recorded_at: datetime) -> float:
    """Hours from one to the other; nought for what was recorded before it took effect."""
    return max(0.0, (recorded_at - happened_at).total_seconds() / _HOUR_S)


def delay_of(hours: Sequence[float]) -> Delay | None:
    """Median and 90th percentile by rank, both to a tenth of an hour; None of nothing."""
    if not hours:
        return None
    found = np.sort(np.asarray(hours))
    ninetieth = found[-(-9 * len(found) // 10) - 1]
    return Delay(len(found), round(float(np.median(found)), 1), round(float(ninetieth), 1))
