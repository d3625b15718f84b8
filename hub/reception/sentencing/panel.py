"""The release date among the clocks of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.facts.reading import rows_of
from hub.custody.merging.reading import joined_stays, stays_with
from hub.custody.records import Booking
from hub.custody.sentencing.dates import best_known_from
from hub.reception.sentencing.words import CERTAINTIES, MARKS
from hub.web.formats import SITE_ZONE
from hub.web.panels import Panel, Place, Subject


def _facts(session: Session, subject: Subject) -> Mapping[str, object] | None:
    if subject.booking_id is None:
        return None
    today = subject.at.astimezone(SITE_ZONE).date()
    booking = session.get(Booking, subject.booking_id)
    # A stay that goes on as another one has its date there.
    ended = subject.booking_id in joined_stays(session)
    stays = () if ended else stays_with(session, subject.booking_id)
    rows = [row for row in rows_of(session, subject.person_ids) if row.booking_id in stays]
    return {
        "known": best_known_from(session, subject.booking_id, rows, today=today, known_at=subject.known_at),
        "words": CERTAINTIES,
        "marks": MARKS,
        "today": today,
        "stay": "" if booking is None else booking.number,
        "is_open": booking is not None and booking.released_at is None,
    }


PANEL: Final = Panel("release_date", Place.CLOCK, Permission.SEE_PEOPLE, "sentencing/panel.html", _facts)
