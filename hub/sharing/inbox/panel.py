"""On a file: messages of other agencies that wait and may be about this person, also those kept from before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.records import Person
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.inbox.lists import waiting_for
from hub.web.panels import Panel, Place, Subject


def _facts(session: Session, subject: Subject) -> Mapping[str, object] | None:
    person = session.get(Person, subject.person_id)
    if person is None or subject.known_at is not None:  # what waits is a thing of today
        return None
    found = waiting_for(session, person, subject.person_ids)
    return {"messages": found, "exchanges": EXCHANGES} if found else None


PANEL: Final = Panel("inbox", Place.CLOCK, Permission.WORK_INBOX, "inbox/panel.html", _facts)
