"""What moves show on a person's file: today's passes, and whether they are out or are to go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.movements.external.reading import goings
from hub.movements.external.words import GOINGS
from hub.movements.passes.reading import passes_between
from hub.movements.passes.words import REASONS, STATES
from hub.movements.site.tree import load
from hub.web.formats import SITE_ZONE, start_of
from hub.web.panels import Panel, Place, Subject


def _facts(session: Session, subject: Subject) -> Mapping[str, object] | None:
    """Nothing for an earlier day: each pass has its steps with their times."""
    if subject.known_at is not None or subject.booking_id is None:
        return None
    today = subject.at.astimezone(SITE_ZONE).date()
    first, last = start_of(today), start_of(today + timedelta(days=1))
    passes = passes_between(session, first, last, people=subject.person_ids)
    trips = goings(session, subject.at, people=subject.person_ids)
    tree = load(session)
    return {
        "number": subject.number,
        "passes": [(one, tree.zone(one.to_zone_id).name) for one in passes],
        "trips": trips,
        "states": STATES,
        "reasons": REASONS,
        "goings": GOINGS,
    }


PANEL = Panel("moves", Place.CLOCK, Permission.SEE_MOVES, "moves_panel.html", _facts)
