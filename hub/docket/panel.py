"""What the docket shows on a person's file: the open findings about them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.records import Person
from hub.docket.lists import line_of, of_person
from hub.docket.rules.base import BANDS
from hub.web.panels import Panel, Place, Subject


def _facts(session: Session, subject: Subject) -> Mapping[str, object] | None:
    found = of_person(session, subject.person_ids, subject.known_at)
    moment = subject.known_at or subject.at
    lines = [line_of(row, session.get_one(Person, row.person_id), moment) for row in found]
    return {"lines": lines, "bands": BANDS}


PANEL = Panel("docket", Place.CLOCK, Permission.SEE_DOCKET, "docket_panel.html", _facts)
