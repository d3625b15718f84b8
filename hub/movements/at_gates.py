"""What a gate's answer means beyond the passage: two who must not meet were a gate apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.movements.lines import Line
from hub.movements.passages import Passage
from hub.movements.passes.reading import open_passes
from hub.movements.records import FeedKind

KEEP_APART: Final = "keep_apart"
CODE: Final = "keep_apart_at_gate"


def kept_apart(session: Session, passages: Sequence[Passage], at: datetime) -> list[Line]:
    """An alarm for each that a gate refused because the other one was behind it; of history nobody is alarmed."""
    refused = [
        one for one in passages if one.rule == KEEP_APART and one.person and one.against and not one.late
    ]
    if not refused:
        return []
    wanted = select(Person.number, Person.id).where(Person.number.in_([one.against for one in refused]))
    others = {row.number: row.id for row in session.execute(wanted)}
    return [
        Line(at, FeedKind.ALARM, _told(one, others[one.against]))
        for one in refused
        if one.against is not None and one.against in others
    ]


def has_pass_now(session: Session, person_id: int, zone_id: int, now: datetime) -> bool:
    """Whether a pass lets somebody into a zone at this moment."""
    return any(
        one.opens_at <= now <= one.late_until_at
        for one in open_passes(session, now, people=[person_id], zones=[zone_id], until=now)
    )


def _told(one: Passage, other: int) -> dict[str, object]:
    assert one.person is not None
    first, second = sorted((one.person.id, other))
    return {
        "what": CODE,
        "key": f"pair:{first}-{second}",
        "terminal": one.proof.terminal,
        "checkpoint": one.checkpoint,
        "zone": one.to_zone.code,
        "person": one.person.number,
        "against": one.against,
        "sequence": one.proof.sequence,
        "at": one.proof.at.isoformat(),
    }
