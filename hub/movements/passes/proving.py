"""Bringing passes up to date by what was seen and by the time: the one place that changes their state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.movements.external.planned import Planned, absences_between
from hub.movements.move_limits import Limits, limits
from hub.movements.passages import Passage
from hub.movements.passes.reading import going_in, trace_in
from hub.movements.passes.records import PassRow
from hub.movements.passes.ringing import evidence_of, ring, write_step
from hub.movements.passes.rules import (
    DONE,
    LATE,
    Leg,
    PassState,
    Sighting,
    Standing,
    Trace,
    Ways,
    state_of,
    trace_of,
)
from hub.movements.passes.seen import Known, known_places, sightings_of
from hub.movements.passes.ways import ways_of
from hub.movements.site.tree import Tree, load

HEARD_AFTER: Final = timedelta(days=3)
"""A terminal that comes back after longer than this changes no pass any more; the trail still shows where they were."""

_LOOK_AGAIN: Final = timedelta(seconds=60)
"""Who is out by the record comes back by the record too, which no scan tells of."""


def note_passages(session: Session, passages: Sequence[Passage], *, at: datetime) -> int:
    """Bring the passes of whoever went through a checkpoint up to date; how many were looked at.

    Call it in the transaction of the passages, after they were applied. Order of arrival changes nothing: a pass is
    reckoned from everything that was seen since its window opened, and one that had ended is reckoned again when a
    terminal tells late.
    """
    seen = {one.person.id: one for one in passages if one.person is not None}
    if not seen:
        return 0
    late = {one.person.id for one in passages if one.late and one.person is not None}
    wanted = select(PassRow.id).where(PassRow.person_id.in_(seen), PassRow.closed_at.is_(None))
    if late:
        first = min(one.proof.at for one in passages if one.person is not None and one.person.id in late)
        wanted = select(PassRow.id).where(
            PassRow.person_id.in_(seen),
            or_(
                PassRow.closed_at.is_(None),
                PassRow.person_id.in_(late) & (PassRow.closed_at > max(first, at - HEARD_AFTER)),
            ),
            PassRow.state != PassState.CANCELLED,
        )
    opening = at + timedelta(seconds=limits(session).early_s)
    ids = session.scalars(wanted.where(PassRow.from_at <= opening)).all()
    return advance(session, ids, at) if ids else 0


def advance(session: Session, pass_ids: Collection[int], now: datetime) -> int:
    """Reckon these passes anew; how many were looked at. Two at once find the same and write it once."""
    locked = select(PassRow).where(PassRow.id.in_(pass_ids)).order_by(PassRow.id).with_for_update()
    rows = session.scalars(locked.execution_options(populate_existing=True)).all()
    if not rows:
        return 0
    look = _look(session, rows, now)
    # Whoever was called out of a place is expected back there, so that the inner pass is reckoned first.
    for row in sorted(rows, key=lambda one: (one.from_at, one.id), reverse=True):
        _advance_one(session, row, look)
    session.flush()
    return len(rows)


@dataclass
class _Look:
    """What one look needs, read once. `others` are all passes of the same people, `out` those who left the prison."""

    known: dict[int, Known]
    sightings: dict[int, list[Sighting]]
    others: dict[int, list[PassRow]]
    limits: Limits
    ways: Ways
    tree: Tree
    out: dict[int, Planned]
    now: datetime


@dataclass(frozen=True)
class _Asked:
    """A row as `state_of` asks for it."""

    row: PassRow
    trace: Trace
    cancelled: bool

    @property
    def from_zone_id(self) -> int:
        return self.row.from_zone_id

    @property
    def to_zone_id(self) -> int:
        return self.row.to_zone_id

    @property
    def there_at(self) -> datetime:
        return self.row.there_at

    @property
    def until_at(self) -> datetime:
        return self.row.until_at

    @property
    def one_way(self) -> bool:
        return self.row.one_way


def _look(session: Session, rows: Sequence[PassRow], now: datetime) -> _Look:
    held = limits(session)
    people = {row.person_id for row in rows}
    known = known_places(session, people, now)
    since: dict[int, datetime] = {}
    for row in rows:
        opens_at = row.from_at - timedelta(seconds=held.early_s)
        since[row.person_id] = min(opens_at, since.get(row.person_id, opens_at))
    wanted = select(PassRow).where(PassRow.person_id.in_(people), PassRow.state != PassState.CANCELLED)
    others: dict[int, list[PassRow]] = {}
    for row in session.scalars(wanted.where(PassRow.until_at > min(since.values()))):
        others.setdefault(row.person_id, []).append(row)
    absences = absences_between(session, now, now + timedelta(microseconds=1), now, people=people)
    return _Look(
        known=known,
        sightings=sightings_of(session, since, known),
        others=others,
        limits=held,
        ways=ways_of(session, now),
        tree=load(session),
        out={one.person_id: one for one in absences if one.gone},
        now=now,
    )


def _advance_one(session: Session, row: PassRow, look: _Look) -> None:
    before, opens_at = trace_in(row), row.from_at - timedelta(seconds=look.limits.early_s)
    sightings = [*_was_there(row, look, before, opens_at), *_of_pass(row, look)]
    found = trace_of(
        sightings,
        opens_at=opens_at,
        origin=home_of(look.tree, row.from_zone_id),
        destination=look.tree.within(row.to_zone_id),
        one_way=row.one_way,
    )
    place, outing = look.known.get(row.person_id), going_in(row.source) is not None
    asked = _Asked(row, found, row.state == PassState.CANCELLED)
    held = replace(look.limits, grace_s=look.limits.out_before_s) if outing else look.limits
    standing = state_of(asked, place, look.ways, look.now, held)
    _write_trace(session, row, before, found, sightings, look.now)
    stays = (
        _stays_on(row, look) if standing.state in LATE and found.arrived_at and not found.left_at else None
    )
    if stays is not None and found.arrived_at is not None:
        standing = Standing(PassState.ARRIVED, Leg.BACK, found.arrived_at, max(look.now, stays.until_at))
    out = look.out.get(row.person_id)
    if out is not None and outing and standing.state not in DONE:
        since = found.arrived_at or out.from_at
        standing = Standing(PassState.ARRIVED, Leg.BACK, since, look.now + _LOOK_AGAIN)
    elif out is not None and standing.state not in DONE and _ends_by(out, row):
        write_step(session, row.id, "CANCELLED", out.from_at, look.now, evidence=out.where)
        standing = Standing(PassState.CANCELLED, standing.leg, look.now, None)
    elif out is not None and standing.state not in DONE:
        standing = Standing(PassState.DUE, Leg.OUT, look.now, max(look.now, out.until_at))
    _write_state(session, row, standing, place, look)
    row.seen_at = None if place is None else place.proven_at


def _was_there(row: PassRow, look: _Look, before: Trace, opens_at: datetime) -> list[Sighting]:
    """Whoever was at the place already when the window opened, and was seen nowhere else since, has come there."""
    place = look.known.get(row.person_id)
    is_there = (
        place is not None
        and not place.unproven
        and place.proven_at < opens_at <= look.now
        and place.zone_id in look.tree.within(row.to_zone_id)
    )
    if not is_there and before.arrived_at != opens_at:
        return []
    return [Sighting(opens_at, row.to_zone_id, "" if place is None else place.evidence)]


def _stays_on(row: PassRow, look: _Look) -> PassRow | None:
    """The person's next pass to the same place, when it begins before they would have to be back."""
    there = look.tree.within(row.to_zone_id)
    back = look.ways.late_after(row.to_zone_id, row.from_zone_id) + timedelta(seconds=look.limits.grace_s)
    early = timedelta(seconds=look.limits.early_s)
    for one in look.others.get(row.person_id, ()):
        goes_on = one.to_zone_id in there and row.until_at <= one.until_at and one.closed_at is None
        if one.id != row.id and goes_on and row.from_at < one.from_at <= row.until_at + back + early:
            return one
    return None


def _ends_by(out: Planned, row: PassRow) -> bool:
    """Whether a pass is nothing any more because its person left the prison; one for after the return stays."""
    return row.arrived_at is not None or out.until_at >= row.until_at


def home_of(tree: Tree, zone_id: int) -> frozenset[int]:
    """Zones that count as being back: the zone itself, and the rest of the unit that it belongs to."""
    unit = tree.unit_of(zone_id)
    return tree.within(zone_id) if unit is None else tree.within(zone_id) | tree.within(unit)


def _of_pass(row: PassRow, look: _Look) -> list[Sighting]:
    """Proofs that tell of this pass, and not of one on which the person was called out of this one's place."""
    there = look.tree.within(row.to_zone_id)
    away = [
        (one.departed_at or one.from_at, one.returned_at)
        for one in look.others.get(row.person_id, ())
        if one.id != row.id and one.from_zone_id in there and (one.departed_at or one.arrived_at)
    ]
    return [
        one
        for one in look.sightings.get(row.person_id, [])
        if one.zone_id in there
        or not any(left <= one.at and (back is None or one.at < back) for left, back in away)
    ]


_MARKS: Final = (
    ("departed_at", "DEPARTED"),
    ("arrived_at", "ARRIVED"),
    ("left_at", "LEFT"),
    ("returned_at", "RETURNED"),
)


def _write_trace(
    session: Session, row: PassRow, before: Trace, found: Trace, sightings: Iterable[Sighting], now: datetime
) -> None:
    evidence = {one.at: one.evidence for one in sightings}
    for name, what in _MARKS:
        at: datetime | None = getattr(found, name)
        if at == getattr(before, name):
            continue
        setattr(row, name, at)
        if at is not None:
            write_step(session, row.id, what, at, now, evidence=evidence.get(at, ""))


def _write_state(
    session: Session, row: PassRow, standing: Standing, place: Known | None, look: _Look
) -> None:
    row.next_at, now = standing.next_at, look.now
    outing = going_in(row.source) is not None
    was = PassState(row.state)
    if (was, row.leg) != (standing.state, standing.leg):
        row.state, row.leg, row.state_at = standing.state.value, standing.leg.value, min(standing.since, now)
    if was is not standing.state:
        if standing.state in LATE or standing.state is PassState.NOT_USED:
            write_step(
                session, row.id, standing.state.value, standing.since, now, evidence=evidence_of(place)
            )
        elif was in LATE:
            write_step(session, row.id, "FOUND", now, now, evidence=evidence_of(place))
        # Whoever has not left, or is not back in the prison, is told of as such.
        ring(session, row, was, standing, place, now, silent=outing and standing.leg is Leg.OUT)
    ended = standing.state in DONE or (standing.state is PassState.ARRIVED and row.one_way)
    # Whoever came back early may go there again as long as the window is open.
    over_at = row.until_at if standing.state is PassState.RETURNED else now
    row.closed_at = (row.closed_at or now) if ended and now >= over_at else None
    if ended and now < over_at:
        row.next_at = over_at
