"""Dates of release of many people at once, as the reckoner of sentences knows them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.custody.sentencing.case import Weight
from hub.custody.sentencing.dates import BestKnown, Certainty, best_known_all
from hub.docket.snapshot import ReleaseClock, Sureness
from hub.web.formats import SITE_ZONE

_SURENESS: Final = {
    Certainty.VERIFIED: Sureness.VERIFIED,
    Certainty.UNVERIFIED: Sureness.UNVERIFIED,
    Certainty.NOT_LATER_THAN: Sureness.NOT_LATER_THAN,
    Certainty.NO_DATE: Sureness.WITHOUT_DATE,
}


def release_clocks(session: Session, booking_ids: Collection[int], at: datetime) -> dict[int, ReleaseClock]:
    """By stay; one without a sentence is left out."""
    today = at.astimezone(SITE_ZONE).date()
    known = best_known_all(session, today=today, booking_ids=booking_ids)
    return {booking_id: _clock(one) for booking_id, one in known.items()}


def _clock(known: BestKnown) -> ReleaseClock:
    sureness = _SURENESS[known.certainty]
    blocked = [problem.code for problem in known.problems if problem.weight is not Weight.LOOK]
    if sureness is Sureness.WITHOUT_DATE and blocked:
        sureness = Sureness.NOT_RECKONED
    return ReleaseClock(
        sureness, known.on, known.parole_on, f"{known.reckoning_id} {sorted(map(str, blocked))}"
    )
