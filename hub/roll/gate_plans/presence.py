"""Where those are whom a gate must know about, and how full its far zone is. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.movements.site.tree import Tree, load
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.places import Place, places
from hub.movements.whereabouts.records import AreaReset, ProofRow
from hub.roll.gate_plans.gates import Gate
from wire.plan import Plan, Presence, Seen, ZoneCount

MOST: Final = 8_000
_NUMBERS: Final = select(Person.id, Person.number)


@dataclass(frozen=True)
class Present:
    """Everybody's place, by person number and by zone."""

    tree: Tree
    by_number: Mapping[str, Place]
    by_zone: Mapping[int, tuple[str, ...]]


def stamp(session: Session) -> tuple[int, int]:
    """Changes with every proof and every area reset."""
    return (
        session.scalar(select(func.max(ProofRow.id))) or 0,
        session.scalar(select(func.max(AreaReset.id))) or 0,
    )


def present(session: Session, now: datetime) -> Present:
    """Everybody who was ever proven to be somewhere, as known at `now`."""
    numbers: dict[int, str] = {row.id: row.number for row in session.execute(_NUMBERS)}
    by_number: dict[str, Place] = {}
    by_zone: dict[int, list[str]] = {}
    for person_id, place in places(session, now).items():
        number = numbers.get(person_id)
        if number is not None:
            by_number[number] = place
            by_zone.setdefault(place.zone_id, []).append(number)
    return Present(load(session), by_number, {zone: tuple(found) for zone, found in by_zone.items()})


def is_wanted(plan: Plan) -> bool:
    """Whether a gate with this plan asks where anybody is."""
    return bool(plan.pairs or plan.rooms or plan.passback)


def presence_of(known: Present, gate: Gate, plan: Plan) -> Presence:
    """What the gate is told. Who is inside of the far zone is told to be in it: its inner zones are not the gate's."""
    far = known.tree.zone(gate.to_zone)
    inside = [number for zone in known.tree.within(far.id) for number in known.by_zone.get(zone, ())]
    told = dict.fromkeys(inside, far.code)
    for number in (who for pair in plan.pairs for who in (pair.one, pair.other)):
        place = known.by_number.get(number)
        if place is not None and number not in told:
            told[number] = known.tree.zone(place.zone_id).code
    seen = [_seen(known.by_number[number], number, zone) for number, zone in sorted(told.items())]
    return Presence(seen=seen[:MOST], counts=[ZoneCount(zone=far.code, people=len(inside))])


def _seen(place: Place, number: str, zone: str) -> Seen:
    sure = place.confidence is not Confidence.UNPROVEN
    return Seen(person=number, zone=zone, proven_at=place.proven_at, sure=sure)
