"""Passes of those who go out of the prison: the gates on their way let them through, and back, as the order says.

They are made of what was allowed, and follow it: other times, another vehicle, called off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.absence import Why
from hub.custody.records import Booking
from hub.movements.external.leaving import outside_zone
from hub.movements.external.reading import Trip, goings
from hub.movements.external.records import Convoy
from hub.movements.external.rules import Consent
from hub.movements.move_limits import Limits, limits
from hub.movements.passes.groups import new_group
from hub.movements.passes.reading import OUTING, going_in
from hub.movements.passes.records import PassGroup, PassRow
from hub.movements.passes.ringing import HUB, silence, write_step
from hub.movements.passes.rules import Escort, Leg, PassState, Reason
from hub.movements.passes.seen import known_places
from hub.movements.passes.surroundings import homes_of
from hub.movements.site.tree import load

_ALONE: Final = frozenset({Why.TEMPORARY, Why.WORK, Why.OTHER})
"""Whoever goes out for one of these may go without anybody at their side, where nobody was named."""


@dataclass(frozen=True)
class Outing:
    """What the pass of somebody who goes out shall say. `convoy` None travels with nobody."""

    going: int
    person_id: int
    from_zone_id: int
    to_zone_id: int
    reason: Reason
    escort: Escort
    convoy: int | None
    from_at: datetime
    there_at: datetime
    until_at: datetime
    one_way: bool

    def differs(self, row: PassRow, groups: Mapping[int, int]) -> bool:
        """Whether the pass says something else. Where somebody set out from is not changed any more."""
        group = None if self.convoy is None else groups.get(self.convoy, -1)
        if (row.until_at, row.escort, row.group_id) != (self.until_at, self.escort.value, group):
            return True
        return row.departed_at is None and (row.from_at, row.there_at) != (self.from_at, self.there_at)


@dataclass(frozen=True)
class Changes:
    """Outings without a pass, passes that say something else by now, and passes that lead nowhere any more."""

    new: list[Outing]
    other: list[tuple[int, Outing]]
    gone: list[int]

    def __bool__(self) -> bool:
        return bool(self.new or self.other or self.gone)


def outing_changes(session: Session, now: datetime) -> Changes:
    """What has to be done for passes to follow who goes out, and who was released. Nothing is written."""
    until_at = now + timedelta(seconds=limits(session).plan_ahead_s)
    ahead = [one for one in goings(session, now, until_at=until_at) if one.is_out or one.due_back_at > now]
    wanted = {one.going: one for one in _outings(session, ahead, now)}
    rows = session.scalars(
        select(PassRow).where(PassRow.closed_at.is_(None), PassRow.source.startswith(OUTING))
    ).all()
    held = {going: row for row in rows if (going := going_in(row.source)) is not None}
    named = [f"{OUTING}{going}" for going in wanted]
    had = {going_in(one) for one in session.scalars(select(PassRow.source).where(PassRow.source.in_(named)))}
    groups = _groups(session)
    out = {one.id for one in goings(session, now) if one.is_out}
    inside = select(Booking.person_id).where(Booking.released_at.is_(None))
    left = select(PassRow.id).where(PassRow.closed_at.is_(None), PassRow.person_id.not_in(inside))
    begun = {going for going, row in held.items() if row.departed_at is not None}
    gone = {row.id for going, row in held.items() if going not in wanted and going not in out | begun}
    return Changes(
        new=[one for going, one in wanted.items() if going not in had],
        other=[
            (row.id, wanted[going])
            for going, row in held.items()
            if going in wanted and wanted[going].differs(row, groups)
        ],
        gone=sorted(gone | set(session.scalars(left))),
    )


def follow_goings(session: Session, now: datetime) -> int:
    """Make, change and cancel those passes; how many."""
    changes = outing_changes(session, now)
    groups = _groups(session)
    for one in [*changes.new, *(outing for _, outing in changes.other)]:
        if one.convoy is not None and one.convoy not in groups:
            name = session.get_one(Convoy, one.convoy).name
            groups[one.convoy] = new_group(session, name, "", by=HUB, at=now, source=f"convoy:{one.convoy}")
    for one in changes.new:
        row = _row(one, groups, now)
        session.add(row)
        session.flush()
        write_step(session, row.id, "MADE", now, now, evidence=f"absence {one.going}")
    for number, one in changes.other:
        _change(session.get_one(PassRow, number, with_for_update=True, populate_existing=True), one, groups)
        write_step(session, number, "CHANGED", now, now, evidence=f"absence {one.going}")
    for number in changes.gone:
        row = session.get_one(PassRow, number, with_for_update=True, populate_existing=True)
        silence(session, row, now)
        write_step(session, row.id, "CANCELLED", now, now, evidence=row.source or "released")
        row.state, row.state_at, row.closed_at, row.next_at = PassState.CANCELLED.value, now, now, None
        row.source = None
    session.flush()
    return len(changes.new) + len(changes.other) + len(changes.gone)


def _outings(session: Session, trips: Iterable[Trip], now: datetime) -> list[Outing]:
    held = [one for one in trips if one.consent is Consent.APPROVED or one.is_out]
    people = {one.person_id for one in held}
    if not people:
        return []
    homes = homes_of(session, load(session), people, now)
    seen = known_places(session, people - set(homes), now) if people - set(homes) else {}
    starts = homes | {person: place.zone_id for person, place in seen.items()}
    ends = {why: outside_zone(session, why) for why in {one.why for one in held}}
    known, found = limits(session), []
    for one in held:
        start, end = starts.get(one.person_id), ends[one.why]
        if start is not None and end is not None and start != end:
            found.append(_outing(one, start, end, known))
    return found


def _outing(one: Trip, start: int, end: int, known: Limits) -> Outing:
    escort = Escort.OFFICER
    if one.convoy_id is not None:
        escort = Escort.GROUP
    elif one.why in _ALONE and not one.escort:
        escort = Escort.NONE
    return Outing(
        going=one.id,
        person_id=one.person_id,
        from_zone_id=start,
        to_zone_id=end,
        reason=Reason.COURT if one.why is Why.COURT else Reason.OTHER,
        escort=escort,
        convoy=one.convoy_id,
        from_at=one.leave_at - timedelta(seconds=known.out_before_s),
        there_at=one.leave_at,
        until_at=one.due_back_at,
        one_way=one.why is Why.TRANSFER,
    )


def _groups(session: Session) -> dict[int, int]:
    """Groups of convoys by the convoy's number."""
    rows = session.execute(
        select(PassGroup.source, PassGroup.id).where(PassGroup.source.startswith("convoy:"))
    )
    return {int(source.removeprefix("convoy:")): number for source, number in rows if source}


def _row(one: Outing, groups: Mapping[int, int], now: datetime) -> PassRow:
    row = PassRow(
        person_id=one.person_id,
        from_zone_id=one.from_zone_id,
        to_zone_id=one.to_zone_id,
        reason=one.reason.value,
        source=f"{OUTING}{one.going}",
        one_way=one.one_way,
        made_at=now,
        made_by=HUB,
        state=PassState.DUE.value,
        leg=Leg.OUT.value,
        state_at=now,
        next_at=one.there_at,
    )
    _change(row, one, groups)
    return row


def _change(row: PassRow, one: Outing, groups: Mapping[int, int]) -> None:
    if row.departed_at is None:
        row.from_at, row.there_at = one.from_at, one.there_at
        row.next_at = one.there_at
    row.until_at, row.escort = one.until_at, one.escort.value
    row.group_id = None if one.convoy is None else groups[one.convoy]
