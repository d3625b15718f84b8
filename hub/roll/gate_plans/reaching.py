"""Whom passes bring to gates that hold only the fingers of those who may always be there.

A terminal whose card is not protected holds no more of the roll than it must. A pass adds its person there for its
time: the roll hears of it as of any change, and the person leaves the copy when the passes are over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from hub.custody.changes import note_change
from hub.database import Sessions, session_scope
from hub.movements.passes.reading import Pass
from hub.movements.records import Zone, ZonePermission
from hub.roll.gate_plans.records import RollReach

AT_ONCE: Final = 100
"""People that one look adds or takes away: each is news for every terminal."""

Pair = tuple[int, int]


def note_reaches(sessions: Sessions, passes: Iterable[Pass], now: datetime) -> int:
    """Bring the reaches up to date with the passes; how many people terminals hear of because of it."""
    on_the_way = {(one.person_id, zone) for one in passes for zone in one.route}
    with session_scope(sessions, writes=False) as session:
        wanted, held = on_the_way - _always(session), _held(session)
    if wanted == held:
        return 0
    changed = sorted({person for person, _zone in wanted ^ held})[:AT_ONCE]
    with session_scope(sessions) as session:
        mine = set(changed)
        present = {pair for pair in _held(session) if pair[0] in mine}
        new = {pair for pair in wanted if pair[0] in mine} - present
        gone = present - {pair for pair in wanted if pair[0] in mine}
        session.add_all(RollReach(person_id=one, zone_id=zone, since_at=now) for one, zone in sorted(new))
        if gone:
            session.execute(
                delete(RollReach).where(tuple_(RollReach.person_id, RollReach.zone_id).in_(sorted(gone)))
            )
        for person in sorted({person for person, _zone in new | gone}):
            note_change(session, person, now)
    return len(changed)


def zones_reached(session: Session, people: Collection[int]) -> dict[int, list[str]]:
    """Codes of the zones that passes bring each person into; people without any are left out."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(RollReach.person_id, Zone.code)
        .join(Zone, Zone.id == RollReach.zone_id)
        .where(RollReach.person_id.in_(people))
        .order_by(Zone.code)
    )
    for person_id, code in rows:
        found.setdefault(person_id, []).append(code)
    return found


def _always(session: Session) -> set[Pair]:
    permitted = select(ZonePermission.person_id, ZonePermission.zone_id)
    rows = session.execute(permitted.where(ZonePermission.withdrawn_at.is_(None)))
    return {(person, zone) for person, zone in rows}


def _held(session: Session) -> set[Pair]:
    rows = session.execute(select(RollReach.person_id, RollReach.zone_id))
    return {(person, zone) for person, zone in rows}
