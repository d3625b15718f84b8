"""What each gate shall hold: read once for all of them, then put together for each. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.queries import ids_in_custody
from hub.custody.records import PersonChange
from hub.movements.move_limits import limits as move_limits
from hub.movements.passes.apart import Pair, all_pairs, numbers_of, together
from hub.movements.passes.reading import Pass, open_passes
from hub.movements.passes.records import PassRow, PassStep
from hub.movements.records import Checkpoint, ZoneKind
from hub.movements.site.hours import CurfewHours, curfews
from hub.movements.site.records import SiteChange
from hub.movements.site.rooms import limits
from hub.movements.site.tree import Tree, load
from hub.movements.whereabouts.records import AreaReset as Reset
from hub.movements.whereabouts.resets import resets
from hub.roll.gate_plans.gates import Gate
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal
from hub.web.formats import SITE_ZONE
from wire.plan import (
    MAX_PAIRS,
    MAX_PASSES,
    AreaReset,
    Curfew,
    EscortNeed,
    GatePass,
    KeepApart,
    Plan,
    ZoneRoom,
)

AHEAD: Final = timedelta(hours=30)
"""A gate knows the passes of the day and the night that follow: so long it decides alone as if the hub were there."""
STEP: Final = timedelta(hours=1)
"""How far ahead is known moves on in steps: a plan in which nothing else is new is not sent anew each minute."""
DECIDED: Final = ("MADE", "SIGNED", "CHANGED", "CANCELLED")
"""Steps of a pass that a person made; all others were only seen."""
RESETS_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True)
class Everything:
    """What all plans are made from, as of one moment. `exits` tells of which zones every way out has a terminal."""

    tree: Tree
    known_until_at: datetime
    all_passes: tuple[Pass, ...]
    passes: Mapping[int, tuple[GatePass, ...]]
    pairs: tuple[Pair, ...]
    numbers: Mapping[int, str]
    curfews: tuple[CurfewHours, ...]
    rooms: Mapping[int, int]
    resets: Mapping[int, datetime]
    exits: frozenset[int]


def everything(session: Session, now: datetime, gates: list[Gate]) -> Everything:
    """Passes are by each zone of their way."""
    until = known_until(session, now)
    tree = load(session)
    inside = ids_in_custody(session)
    held = [one for one in open_passes(session, now, until=until) if one.person_id in inside]
    codes = {node.id: node.code for node in tree.zones()}
    by_zone: dict[int, list[GatePass]] = {}
    for one in held:
        told = gate_pass(codes, one)
        for zone in one.route:
            by_zone.setdefault(zone, []).append(told)
    pairs = [one for one in all_pairs(session, now) if {one.one, one.other} <= inside]
    return Everything(
        tree=tree,
        known_until_at=until,
        all_passes=tuple(held),
        passes={zone: tuple(found) for zone, found in by_zone.items()},
        pairs=tuple(sorted(pairs, key=lambda pair: (pair.one, pair.other))),
        numbers=numbers_of(session, {who for pair in pairs for who in (pair.one, pair.other)}),
        curfews=tuple(curfews(session)),
        rooms=limits(tree),
        resets={zone: at for zone, at in resets(session).items() if now - at < RESETS_KEPT},
        exits=_guarded_exits(session, gates),
    )


def stamp(session: Session) -> tuple[object, ...]:
    """Changes with whatever plans are made from, save for the time that passes and what becomes of passes."""
    newest = [func.max(one) for one in (PassRow.id, Fact.id, PersonChange.id, SiteChange.id, Reset.id)]
    ids = [session.scalar(select(one)) for one in (*newest, func.max(Terminal.id))]
    active = select(func.count()).select_from(Terminal).where(Terminal.status == Status.ACTIVE)
    return (current_epoch(session), session.scalar(active), *ids)


def steps_stamp(session: Session) -> int:
    """Changes with whatever becomes of a pass: hundreds of times in an unlock, and rarely anything for a gate."""
    return session.scalar(select(func.max(PassStep.id))) or 0


def was_decided(session: Session, since: int) -> bool:
    """Whether somebody changed or cancelled a pass after the step of that number: gates hear of it at once."""
    wanted = select(PassStep.id).where(PassStep.id > since, PassStep.what.in_(DECIDED)).limit(1)
    return session.scalar(wanted) is not None


def known_until(session: Session, now: datetime) -> datetime:
    """Until when the passes are in the plans: never beyond what is made of series by then."""
    made = timedelta(seconds=move_limits(session).plan_ahead_s)
    begun = now - timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
    return begun + min(AHEAD + STEP, made)


def plan_of(known: Everything, gate: Gate) -> Plan:
    """The plan of one gate: what concerns the zone that it leads into, and nothing of any other."""
    zone = known.tree.zone(gate.to_zone)
    passes = _through(known, gate)
    left_out = passes[MAX_PASSES:]
    pairs = _pairs(known, gate.to_zone)
    room = known.rooms.get(gate.to_zone)
    reset_at = known.resets.get(gate.to_zone)
    return Plan(
        passes=passes[:MAX_PASSES],
        pairs=pairs[:MAX_PAIRS],
        rooms=[]
        if room is None or known.tree.is_residential(zone.id)
        else [ZoneRoom(zone=zone.code, most=room)],
        curfews=[_curfew(one) for one in known.curfews if zone.code in one.zones],
        resets=[] if reset_at is None else [AreaReset(zone=zone.code, at=reset_at)],
        needs_pass=[zone.code] if zone.needs_pass else [],
        site_zone=SITE_ZONE.key,
        passback=zone.id in known.exits and zone.kind != ZoneKind.OUTSIDE,
        known_until_at=left_out[0].from_at if left_out else known.known_until_at,
    )


def _through(known: Everything, gate: Gate) -> list[GatePass]:
    """Passes whose way goes into the far zone, by time; into a yard, where all ways meet, those through this gate."""
    passes = known.passes.get(gate.to_zone, ())
    if known.tree.zone(gate.to_zone).kind != ZoneKind.MOVEMENT_AREA:
        return list(passes)
    near = known.tree.zone(gate.from_zone).code
    return [one for one in passes if near in one.zones]


def gate_pass(codes: Mapping[int, str], one: Pass) -> GatePass:
    """A pass as gates are told it; `codes` are of zones."""
    return GatePass(
        number=one.id,
        person=one.number,
        zones=[codes[zone] for zone in one.route[:40] if zone in codes],
        from_at=one.opens_at,
        until_at=one.until_at,
        late_until_at=one.until_at + (one.late_until_at - one.back_by_at),
        reason=one.reason,
        escort=EscortNeed(one.escort),
        group=one.group,
        back_by_at=one.back_by_at,
    )


def _pairs(known: Everything, zone_id: int) -> list[KeepApart]:
    found: list[KeepApart] = []
    for pair in known.pairs:
        zones = together(known.tree, pair.restriction, zone_id)
        one, other = known.numbers.get(pair.one), known.numbers.get(pair.other)
        if zones and one is not None and other is not None:
            codes = sorted(known.tree.zone(zone).code for zone in zones)
            found.append(KeepApart(one=one, other=other, zones=codes[:200]))
    return found


def _curfew(one: CurfewHours) -> Curfew:
    return Curfew(
        zones=list(one.zones)[:200],
        from_minute=one.from_minute,
        until_minute=one.until_minute,
        weekdays=sorted(one.weekdays),
        name=one.name,
    )


def _guarded_exits(session: Session, gates: list[Gate]) -> frozenset[int]:
    """Zones out of which nobody comes without a finger: elsewhere coming in twice says nothing."""
    guarded = {gate.checkpoint for gate in gates}
    ways: dict[int, list[bool]] = {}
    into: dict[int, set[int]] = {}
    points = session.scalars(select(Checkpoint).where(Checkpoint.closed_at.is_(None))).all()
    for point in points:
        ways.setdefault(point.from_zone_id, []).append(point.code in guarded)
        into.setdefault(point.to_zone_id, set()).add(point.from_zone_id)
    both = {(point.from_zone_id, point.to_zone_id) for point in points}
    return frozenset(
        zone
        for zone, out in ways.items()
        if all(out) and all((zone, other) in both for other in into.get(zone, ()))
    )
