"""Where somebody lives, and their way out, on the file."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.facts.reading import current, one
from hub.custody.records import Booking
from hub.custody.stays import HOME
from hub.movements.cells.reading import any_cell, cell_of
from hub.reception.releasing.reading import open_case, record_of
from hub.web.panels import Panel, Place, Subject


def _facts(session: Session, subject: Subject) -> Mapping[str, object] | None:
    if subject.booking_id is None:
        return None
    booking = session.get_one(Booking, subject.booking_id)
    home = one(
        current(
            session,
            HOME,
            person_id=booking.person_id,
            booking_id=booking.id,
            effective_at=subject.at,
            known_at=subject.known_at,
        )
    )
    cell = None if home is None else cell_of(session, home.value.cell, subject.known_at)
    return {
        "number": subject.number,
        "inside": booking.released_at is None,
        "now": subject.known_at is None,
        "home": None if home is None else home.value,
        "cell": cell,
        "has_cells": cell is not None or any_cell(session, subject.known_at),
        "case": open_case(session, booking.id),
        "record": record_of(session, booking.id),
    }


PANEL = Panel(
    name="way_out",
    place=Place.CLOCK,
    permission=Permission.SEE_PEOPLE,
    template="way_out_panel.html",
    facts=_facts,
)
