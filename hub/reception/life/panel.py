"""Life in custody on a person's file: what is kept, who visits, what happened, who must not be met, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Kind
from hub.custody.facts.reading import holding, rows_of
from hub.custody.life.complaints import COMPLAINT, UPHELD
from hub.custody.life.incident_forms import FINDINGS, INCIDENT_PART, INCIDENT_ROLES
from hub.custody.life.keep_aparts import PARTS, RESTRICTIONS, keep_aparts_of
from hub.custody.life.property import PROPERTY_ITEM
from hub.custody.life.queries import QUERY, RESULTS
from hub.custody.life.sanctions import SANCTION, running
from hub.custody.life.visits import VISIT, VISIT_KINDS, VISIT_OUTCOMES, VISITOR_OF
from hub.custody.merging.reading import cases_of
from hub.custody.merging.rules import OPEN
from hub.custody.queries import names
from hub.web.formats import SITE_ZONE
from hub.web.panels import Panel, Place, Subject

_KINDS: Final[tuple[Kind[Any], ...]] = (
    PROPERTY_ITEM,
    VISITOR_OF,
    VISIT,
    INCIDENT_PART,
    SANCTION,
    COMPLAINT,
    QUERY,
)
_ASKED: Final[tuple[Kind[Any], ...]] = (QUERY, COMPLAINT)


def _facts(session: Session, subject: Subject) -> Mapping[str, object]:
    known_at = subject.known_at
    rows = rows_of(session, subject.person_ids, *_KINDS)
    property_items = holding(PROPERTY_ITEM, rows, known_at=known_at)
    visits = sorted(holding(VISIT, rows, known_at=known_at), key=lambda one: one.value.visit_at)
    sanctions = holding(SANCTION, rows, known_at=known_at)
    apart = keep_aparts_of(session, [subject.person_id], subject.at, known_at=known_at)
    return {
        "number": subject.number,
        "keeping": [one for one in property_items if not one.value.outcome],
        "gone": sum(1 for one in property_items if one.value.outcome),
        "visitors": len(holding(VISITOR_OF, rows, known_at=known_at)),
        "coming": [one for one in visits if not one.value.outcome][:3],
        "past": [one for one in visits if one.value.outcome][-3:][::-1],
        "parts": holding(INCIDENT_PART, rows, known_at=known_at)[::-1],
        "sanctions": sanctions,
        "running": {one.item for one in sanctions if running(one, subject.at)},
        "apart": apart,
        "others": names(session, {one.other_id for one in apart}),
        "complaints": holding(COMPLAINT, rows, known_at=known_at)[::-1],
        "queries": holding(QUERY, rows, known_at=known_at)[::-1],
        "writes": known_at is None,
        "today": subject.at.astimezone(SITE_ZONE).date(),
        "words": {
            "visit": VISIT_KINDS,
            "outcome": VISIT_OUTCOMES,
            "role": INCIDENT_ROLES,
            "finding": FINDINGS,
            "part": PARTS,
            "apart": RESTRICTIONS,
            "upheld": UPHELD,
            "result": RESULTS,
        },
        "say_sanction": SANCTION.say,
    }


def _waiting(session: Session, subject: Subject) -> Mapping[str, object] | None:
    """The clocks: queries and complaints that wait for an answer, and merges that wait for a second officer."""
    rows = rows_of(session, subject.person_ids, *_ASKED)
    queries = [one for one in holding(QUERY, rows, known_at=subject.known_at) if not one.value.result]
    complaints = [one for one in holding(COMPLAINT, rows, known_at=subject.known_at) if not one.value.outcome]
    now_known = subject.known_at is None
    cases = [one for one in cases_of(session, subject.person_ids) if now_known and one.last.act in OPEN]
    if not queries and not complaints and not cases:
        return None
    return {
        "number": subject.number,
        "queries": queries,
        "complaints": complaints,
        "cases": cases,
        "today": subject.at.astimezone(SITE_ZONE).date(),
    }


WAITING: Final = Panel("waiting", Place.CLOCK, Permission.SEE_PEOPLE, "life/waiting.html", _waiting)
LIFE: Final = Panel("life", Place.SECTION, Permission.SEE_PEOPLE, "life/panel.html", _facts)
