"""Where people are and how well that is known, as of a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import leads
from hub.custody.records import Booking
from hub.movements.records import Position, ZoneKind
from hub.movements.site.tree import Tree, load
from hub.movements.staying import Stays, stays_of, stays_since
from hub.movements.whereabouts.confidence import Confidence, Doubt, Fastest, confidence, doubts_of
from hub.movements.whereabouts.fold import Held
from hub.movements.whereabouts.holding import COLUMNS, held_of
from hub.movements.whereabouts.limits import Limits
from hub.movements.whereabouts.proofs import Key, Proven
from hub.movements.whereabouts.resets import resets
from hub.movements.whereabouts.rules import limits_at
from hub.movements.whereabouts.travel import Travel, travel_times

BEYOND: Final = frozenset({ZoneKind.OUTSIDE.value, ZoneKind.COURT.value})
"""Kinds of zones beyond the walls."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody was last proven to be, and how far that still tells where they are.

    `from_zone_id` is where the passage led from that proved it. `before` is the proof before the last one.
    """

    person_id: int
    zone_id: int
    source: str
    proven_at: datetime
    earliest_at: datetime
    latest_at: datetime
    clock_sure: bool
    confidence: Confidence
    doubts: tuple[Doubt, ...]
    evidence: Key
    from_zone_id: int | None
    before: Proven | None

    @property
    def terminal(self) -> str:
        return self.evidence.terminal


class Judging:
    """What one needs beside proofs to say how sure a place is: read once, at most, for all people of a call."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._travel: Travel | None = None
        self.limits: Limits = limits_at(session, now)
        self.tree: Tree = load(session)
        self._resets = resets(session)
        self._nested: dict[tuple[int, int], bool] = {}

    def place(self, person_id: int, held: Held) -> Place:
        """The place of one person."""
        last, found = held.last, self.doubts(held)
        zone = self.tree.zone(last.zone_id)
        sure = confidence(
            last, zone.kind, found, self.limits, self._now, locked_at_night=zone.is_locked_at_night
        )
        return Place(
            person_id,
            last.zone_id,
            last.source,
            last.at,
            last.earliest_at,
            last.latest_at,
            last.sure,
            sure,
            found,
            last.key,
            last.from_zone_id,
            held.basis.before,
        )

    def doubts(self, held: Held) -> tuple[Doubt, ...]:
        """What speaks against the last proof."""
        return doubts_of(held, self.limits, self.nested, self.fastest, self._resets.get(held.last.zone_id))

    def here(self, person_id: int, held: Held, stays: Stays) -> Place | None:
        """The place of somebody who is here: in custody, or by a proof of after the release that holds."""
        if not stays.counts(person_id, held.last.latest_at):
            return None
        place = self.place(person_id, held)
        if person_id in stays.inside:
            return place
        gone = place.confidence is Confidence.UNPROVEN or self.tree.zone(place.zone_id).kind in BEYOND
        return None if gone else place

    def nested(self, one: int, other: int) -> bool:
        """Whether two zones are one or one lies in the other."""
        if one == other:
            return True
        known = self._nested.get((one, other))
        if known is None:
            above = {node.id for node in self.tree.above(one)}
            known = other in above or one in {node.id for node in self.tree.above(other)}
            self._nested[one, other] = known
        return known

    @property
    def fastest(self) -> Fastest:
        return self._fastest

    def _fastest(self, from_zone: int, to_zone: int) -> float | None:
        if self._travel is None:
            self._travel = travel_times(self._session, self._now)
        return self._travel.fastest_s(from_zone, to_zone)


def places(session: Session, now: datetime, *, people: Collection[int] | None = None) -> dict[int, Place]:
    """The places of these people, or of everybody who is here; whom nobody saw in their stay is left out.

    The end of a stay ends what was proven before it. Somebody who left for good is here only while a proof of after
    that holds.

    Two who were found to be one have one place, which each of the two numbers asked for gives; when everybody is asked
    for, it stands under the one who leads.
    """
    judging = Judging(session, now)
    if people is None:
        return _everybody(session, judging, now)
    led = leads(session)
    wanted = {person: led.get(person, person) for person in people}
    stays = stays_of(session, set(wanted.values()))
    helds = {row[0]: held_of(row[1:]) for row in _rows(session, set(wanted.values()))}
    here = {
        lead: place for lead, held in helds.items() if (place := judging.here(lead, held, stays)) is not None
    }
    return {person: replace(here[lead], person_id=person) for person, lead in wanted.items() if lead in here}


def _everybody(session: Session, judging: Judging, now: datetime) -> dict[int, Place]:
    since = now - timedelta(seconds=judging.limits.longest_s)
    stays = stays_since(session, since)
    recent = func.coalesce(Position.latest_at, Position.proven_at) > since
    theirs = Position.person_id.in_(select(Booking.person_id).where(Booking.released_at.is_(None)))
    leading = Position.person_id.in_(set(leads(session).values()))
    found: dict[int, Place] = {}
    for row in session.execute(select(*COLUMNS).where(theirs | leading | recent)):
        place = judging.here(row[0], held_of(row[1:]), stays)
        if place is not None:
            found[row[0]] = place
    return found


def place_of(session: Session, person_id: int, now: datetime) -> Place | None:
    """The place of one person, None when nobody ever saw them."""
    return places(session, now, people=[person_id]).get(person_id)


_AT_ONCE = 5_000


def _rows(session: Session, people: Collection[int]) -> Iterable[tuple[Any, ...]]:
    ordered = sorted(people)
    for start in range(0, len(ordered), _AT_ONCE):
        wanted = select(*COLUMNS).where(Position.person_id.in_(ordered[start : start + _AT_ONCE]))
        yield from session.execute(wanted)
