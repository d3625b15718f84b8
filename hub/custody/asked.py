"""Whose number a page was asked for."""

from __future__ import annotations

from flask import abort
from sqlalchemy.orm import Session

from hub.custody.queries import person_by_number
from hub.custody.records import Person


def person_asked_for(session: Session, number: str) -> Person:
    """Whose number this is; answers 404 for nobody's."""
    person = person_by_number(session, number)
    if person is None:
        abort(404)
    return person
