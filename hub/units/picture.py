"""What an officers' page shows of its units, as the hub knows it now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.headcount.reading import counts_for, out_counts_for
from hub.movements.alarms.calls import answered_calls
from hub.movements.alarms.reading import OpenAlarm, open_alarms
from hub.movements.records import ZoneKind
from hub.movements.site.tree import Node, Tree, load
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.places import Place, places
from hub.movements.whereabouts.rules import limits_at
from hub.units.assigned import Assigned, Somebody, assigned, named
from hub.units.shifts import holders
from hub.web.language import LANGUAGES, say_in
from wire.unit import (
    CallAnswer,
    OutCountShown,
    UnitAlarm,
    UnitCell,
    UnitPerson,
    UnitPicture,
    UnitShift,
    ZoneName,
)

_UNSAID: Final = frozenset({ZoneKind.CELL, ZoneKind.TIER})
"""Kinds of zones of other units that no officer sends anybody to by name."""
_SCAN: Final = "scan"
MOST_ALARMS: Final = 100


@dataclass(frozen=True)
class Seen:
    """What pictures of every unit are made from: read once for all terminals."""

    tree: Tree
    places: Mapping[int, Place]
    assigned: Assigned
    alarms: Sequence[OpenAlarm]


def seen(session: Session, now: datetime, base: Assigned | None = None) -> Seen:
    """As of now; `base` when it was read a moment ago."""
    return Seen(
        load(session), places(session, now), base or assigned(session, now), open_alarms(session, now)
    )


def units_at(tree: Tree, zones: Iterable[int]) -> list[str]:
    """Codes of the units on the sides of a checkpoint, and of zones without one where people are sent to."""
    found: list[str] = []
    for zone_id in zones:
        unit = tree.unit_of(zone_id)
        node = tree.zone(zone_id if unit is None else unit)
        passing = node.kind in (ZoneKind.OUTSIDE, ZoneKind.MOVEMENT_AREA) and unit is None
        if not passing and node.code not in found:
            found.append(node.code)
    return found


def picture_of(
    session: Session,
    units: Sequence[str],
    now: datetime,
    *,
    terminal: str | None = None,
    known: Seen | None = None,
) -> UnitPicture:
    """The picture of these units, by zone code; `terminal` adds what became of its calls for help."""
    have = known or seen(session, now)
    inside = _inside(have.tree, units)
    outs = out_counts_for(session, units)
    people = _people(session, have, units, inside, outs)
    return UnitPicture(
        units=list(units),
        people=people,
        counts=counts_for(session, units, now),
        out_counts=outs,
        alarms=_alarms(have, inside),
        calls=[] if terminal is None else _calls(session, terminal, now),
        zones=_zones(session, have.tree, units, inside, now),
        cells=[
            UnitCell(unit=unit, cell=cell, beds=beds)
            for unit in units
            for cell, beds in have.assigned.cells.get(unit, ())
        ],
        shifts=[
            UnitShift(
                unit=one.unit,
                officer=one.officer,
                name=one.name,
                since_at=one.since_at,
                remarks=one.remarks[:200],
            )
            for one in holders(session, units).values()
        ],
    )


def _inside(tree: Tree, units: Iterable[str]) -> dict[int, str]:
    """Zone id -> the unit among these that it lies in."""
    found: dict[int, str] = {}
    for code in units:
        node = tree.by_code(code)
        if node is not None:
            found.update(dict.fromkeys(tree.within(node.id), code))
    return found


def _people(
    session: Session,
    have: Seen,
    units: Sequence[str],
    inside: Mapping[int, str],
    outs: Sequence[OutCountShown],
) -> list[UnitPerson]:
    """Those assigned, those last seen there, and those on an out-count to or from there."""
    told = {one.person: one for one in outs}
    wanted = {one.person_id for one in have.assigned.people.values() if one.unit in units}
    wanted |= {one for one, place in have.places.items() if place.zone_id in inside}
    wanted |= {one.person_id for one in have.assigned.people.values() if one.number in told}
    found = []
    for person_id in wanted:
        who = have.assigned.people.get(person_id) or named(session, person_id)
        if who is not None:
            found.append(_person(have.tree, who, have.places.get(person_id), units, told.get(who.number)))
    return sorted(found, key=lambda one: one.person)


def _person(
    tree: Tree, who: Somebody, place: Place | None, units: Collection[str], out: OutCountShown | None
) -> UnitPerson:
    accepted = out is not None and bool(out.accepted_by)
    return UnitPerson(
        person=who.number,
        zone=None if place is None else tree.zone(place.zone_id).code,
        source=None if place is None else place.source,
        proven_at=None if place is None else place.proven_at,
        sure=place is not None and place.confidence is not Confidence.UNPROVEN,
        assigned=who.unit in units,
        cell=who.cell,
        out=(out.place if out is not None and accepted else who.away)[:200],
        out_with=out.accepted_by if out is not None and accepted else "",
        name=who.name[:200],
        home=who.unit if who.unit in units else None,
    )


def _zones(
    session: Session, tree: Tree, units: Collection[str], inside: Mapping[int, str], now: datetime
) -> list[ZoneName]:
    """Where somebody can be said to be: everything inside the units, and the places elsewhere that have a name."""
    limits = limits_at(session, now)

    def told(node: Node) -> ZoneName:
        holds = limits.of(node.kind, locked_at_night=node.is_locked_at_night, source=_SCAN, now=now)
        own = inside.get(node.id)
        unit = own if own is not None else _code(tree, tree.unit_of(node.id))
        return ZoneName(
            code=node.code, name=tree.path(node.id)[:200], unit=unit, proof_s=max(0, int(holds.likely_s))
        )

    return [told(node) for node in tree.zones() if node.id in inside or ZoneKind(node.kind) not in _UNSAID]


def _code(tree: Tree, zone_id: int | None) -> str | None:
    return None if zone_id is None else tree.zone(zone_id).code


def _alarms(have: Seen, inside: Mapping[int, str]) -> list[UnitAlarm]:
    mine = [one for one in have.alarms if one.zone_id is not None and one.zone_id in inside]
    return [
        UnitAlarm(
            number=one.id,
            code=one.code,
            at=one.raised_at,
            place=(one.place or one.zone_name or "")[:200],
            rank=one.rank,
            taken_by=one.holder,
            words={language: say_in(language, one.title)[:200] for language in LANGUAGES},
        )
        for one in mine[:MOST_ALARMS]
    ]


def _calls(session: Session, terminal: str, now: datetime) -> list[CallAnswer]:
    return [
        CallAnswer(sequence=one.sequence, by=one.by, at=one.at)
        for one in answered_calls(session, terminal, now)
    ]
