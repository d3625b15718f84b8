"""Telling terminals that what they hold of somebody may be out of date."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.custody.records import PersonChange
from hub.database import Series, in_commit_order


def note_change(session: Session, person_id: int, at: datetime) -> None:
    """Say, in the transaction of the change, that terminals have to hear about this person."""
    in_commit_order(session, Series.PERSON_CHANGES)
    session.add(PersonChange(person_id=person_id, changed_at=at))
    session.flush()
