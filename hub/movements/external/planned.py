"""Who is out, or is to be, in a time: for planning and for the roll. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.away import people_away
from hub.movements.external.records import Authorisation, Occurrence
from hub.movements.external.rules import OUT, Going


@dataclass(frozen=True)
class Planned:
    """Somebody is out from one time until another, or is to be. `gone` for whoever has left."""

    person_id: int
    from_at: datetime
    until_at: datetime
    where: str
    gone: bool


def absences_between(
    session: Session,
    first_at: datetime,
    last_at: datetime,
    now: datetime,
    *,
    people: Collection[int] | None = None,
) -> list[Planned]:
    """Everybody who is out in this time: planned, or by the record of who has left and is not back, however late."""
    wanted = (
        select(Occurrence, Authorisation.where_to)
        .join(Authorisation, Authorisation.id == Occurrence.authorisation_id)
        .where(Occurrence.closed_at.is_(None), Occurrence.leave_at < last_at)
    )
    if people is not None:
        wanted = wanted.where(Occurrence.person_id.in_(people))
    found = []
    known: set[int] = set()
    for row, where in session.execute(wanted):
        gone = row.state in OUT
        until_at = max(row.due_back_at, now) if gone else row.due_back_at
        if (until_at > first_at or (gone and first_at <= now)) and row.state != Going.CANCELLED:
            found.append(Planned(row.person_id, row.left_at or row.leave_at, until_at, where, gone))
            if gone:
                known.add(row.person_id)
    for one in people_away(session, now):
        wanted_here = people is None or one.person.id in people
        until_at = max(one.value.due_back_at, now)
        in_time = one.left_at < last_at and (until_at > first_at or first_at <= now)
        if wanted_here and one.person.id not in known and in_time:
            found.append(Planned(one.person.id, one.left_at, until_at, one.value.where, True))
    return found
