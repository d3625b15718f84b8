"""What the log shows on a person's file: the last things that other agencies were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.queries import names
from hub.sharing.disclosures.joined import told_to, whose
from hub.sharing.disclosures.telling import lines_of
from hub.web.panels import Panel, Place, Subject

SHOWN: Final = 5


def _facts(session: Session, subject: Subject) -> Mapping[str, object] | None:
    numbers = {subject.number, *(one.number for one in names(session, subject.person_ids).values())}
    of = whose(session, subject.person_ids, numbers, subject.known_at)
    rows = told_to(session, of, subject.known_at)
    if not rows:
        return None
    told = list(lines_of(session, rows[-SHOWN:], of))
    return {"told": told[::-1], "total": len(rows), "number": subject.number}


PANEL = Panel("disclosures", Place.SECTION, Permission.SEE_SHARING, "disclosures_panel.html", _facts)
