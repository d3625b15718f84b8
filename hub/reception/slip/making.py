"""Making slips, each with a number by which it is challenged. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import next_number, open_booking_of
from hub.custody.languages import LANGUAGES
from hub.custody.life.records import Slip
from hub.custody.records import Person
from hub.reception.slip.content import Content, content_of
from hub.sentences import RefusedError, Sentence

WRITTEN_IN: Final = {"bzj": "en"}
"""Kriol has headings of its own; its lines are English, which every speaker reads at school."""


def make_slip(session: Session, person: Person, language: str, *, actor: Actor, at: datetime) -> Slip:
    """A slip as things stand, written down as given. RefusedError for somebody who is not held."""
    if language not in LANGUAGES:
        raise RefusedError("unknown_language", Sentence("Choose one of the languages that are listed."))
    booking = open_booking_of(session, person.id)
    if booking is None:
        raise RefusedError("not_held", Sentence("Nobody who is not in custody gets a slip."))
    content = content_of(session, booking, WRITTEN_IN.get(language, language), at)
    slip = Slip(
        number=f"S-{next_number(session, 'slip'):06d}",
        person_id=person.id,
        booking_id=booking.id,
        language=language,
        content=msgspec.json.encode(content).decode(),
        made_at=at,
        made_by=actor.login[:64],
    )
    session.add(slip)
    session.flush()
    write_down(session, at=at, actor=actor, act="slip.print", subject=person.number, detail=slip.number)
    return slip


def read_slip(slip: Slip) -> Content:
    """What stood on it."""
    return msgspec.json.decode(slip.content, type=Content)


def slip_by_number(session: Session, number: str) -> Slip | None:
    """The slip with this number."""
    return session.scalar(select(Slip).where(Slip.number == number.strip().upper()))


def slips_of(session: Session, person_ids: Sequence[int]) -> Sequence[Slip]:
    """Slips that somebody was given, the newest first."""
    return session.scalars(
        select(Slip).where(Slip.person_id.in_(person_ids)).order_by(Slip.id.desc()).limit(20)
    ).all()
