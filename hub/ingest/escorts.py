"""Groups taken through a gate, as terminals tell of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements.feed import Line
from hub.movements.passes.escorting import AtGate, note_begun, note_ended
from wire.happenings import EscortBegun, EscortEnded


def take_escort_begun(
    session: Session, one: Arrived, moment: Moment, said: EscortBegun, now: datetime
) -> list[Line]:
    """An officer counted a group in."""
    note_begun(
        session,
        AtGate(said.group, said.checkpoint, said.officer, said.expected, one.keys.name, moment.at),
        now,
    )
    return []


def take_escort_ended(
    session: Session, one: Arrived, moment: Moment, said: EscortEnded, now: datetime
) -> list[Line]:
    """The group is through, or somebody is missing."""
    told = AtGate(
        said.group, said.checkpoint, said.officer, said.passed, one.keys.name, moment.at, said.missing
    )
    note_ended(session, told, now)
    return []
