"""The live picture: what was read once for every screen, and what one sort of viewer is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.belonging import Belonging
from hub.control_room.counting import Counting, count_lines, read_counts
from hub.control_room.lines import PersonLine, Roll, ZoneLine
from hub.control_room.moves import Moves, moving, read_moves
from hub.control_room.needs import Facts, facts, needs
from hub.control_room.roll_line import HIDDEN, Everybody, Out, Seen, rolls
from hub.control_room.siting import Sites, located, read_sites
from hub.control_room.terminals import TerminalLine, terminal_lines
from hub.custody.merging.reading import leads
from hub.custody.queries import ids_in_custody
from hub.custody.records import Person
from hub.headcount.reading import blind_units
from hub.movements.orders.words import RANK
from hub.movements.site.rooms import capacity_of
from hub.movements.site.tree import Node, Tree, load
from hub.movements.whereabouts.confidence import DECIDE_NOTHING, DoubtCode
from hub.movements.whereabouts.limits import Limits
from hub.movements.whereabouts.places import Place, places
from hub.movements.whereabouts.rules import limits_at


@dataclass(frozen=True)
class Viewer:
    """What all screens of one sort have in common. Without `sees_totals` they may be counting a unit blind."""

    language: str
    sees_totals: bool = True


@dataclass(frozen=True)
class Look:
    """Everything on the screens as of `now`, in no language."""

    now: datetime
    tree: Tree
    sites: Sites
    people: Mapping[int, PersonLine]
    rolls: Mapping[str, Roll]
    """By site; under `ALL_SITES` that of everything."""
    needs: Facts
    counts: Sequence[Counting]
    moves: Moves
    blind: frozenset[str]
    """Codes of every zone in a unit that is counted blind."""


Sections = Mapping[str, Mapping[str, Any]]
"""Parts of the screen by name: in each its items by key, in order."""


def look(session: Session, now: datetime, belonging: Belonging | None = None) -> Look:
    """Read everything once, in one transaction that only reads; `belonging` keeps what changes seldom."""
    tree, judged = load(session), Judge(session, now)
    sites, moves = read_sites(session, tree), read_moves(session, now)
    found = places(session, now)
    led = leads(session)
    inside = {led.get(person, person) for person in ids_in_custody(session)}
    away = {
        led.get(person, person): Out(one.why.value, one.left_at, one.overdue)
        for person, one in moves.away.items()
    }
    seen = {person: _seen(tree, sites, place) for person, place in found.items()}
    rows = session.execute(
        select(Person.id, Person.number, Person.surname, Person.given)
        .where(Person.id.in_(inside | found.keys()))
        .order_by(Person.surname, Person.given, Person.id)
    )
    people = {
        row[0]: judged.line(row[1], row[2], row[3], found.get(row[0]), away.get(row[0])) for row in rows
    }
    belongs = (belonging or Belonging()).read(session, now)
    return Look(
        now=now,
        tree=tree,
        sites=sites,
        people=people,
        rolls=rolls(session, now, Everybody(inside, seen, away), belongs, sites.codes),
        needs=facts(session, now),
        counts=read_counts(session, sites, now),
        moves=moves,
        blind=_zones_of(tree, blind_units(session)),
    )


def _seen(tree: Tree, sites: Sites, place: Place) -> Seen:
    zone = tree.zone(place.zone_id)
    return Seen(zone.kind, place.proven_at, sites.of_zone.get(zone.code, ""))


class Judge:
    """Makes lines of people: a proof's end is reckoned once for each sort of zone and source."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._tree = load(session)
        self._limits: Limits = limits_at(session, now)
        self._now = now
        self._holds: dict[tuple[str, bool, str], tuple[timedelta, timedelta]] = {}

    def line(self, number: str, surname: str, given: str, place: Place | None, out: Out | None) -> PersonLine:
        """One person's line."""
        name = f"{surname.upper()}, {given}"
        away = "" if out is None else out.why
        if place is None:
            return PersonLine(number, name, None, None, None, away=away)
        zone = self._tree.zone(place.zone_id)
        codes = [doubt.code for doubt in place.doubts]
        believed = not any(code in DECIDE_NOTHING for code in codes)
        proven, likely = self._until(zone.kind, zone.is_locked_at_night, place.source)
        sure = DoubtCode.CLOCK_UNSURE not in codes
        return PersonLine(
            number,
            name,
            zone.code,
            place.source,
            place.proven_at,
            place.earliest_at + proven if believed and sure else None,
            place.earliest_at + likely if believed else None,
            [code.value for code in codes],
            away,
        )

    def _until(self, kind: str, locked: bool, source: str) -> tuple[timedelta, timedelta]:
        key = (kind, locked, source)
        if key not in self._holds:
            holds = self._limits.of(kind, locked_at_night=locked, source=source, now=self._now)
            self._holds[key] = (timedelta(seconds=holds.proven_s), timedelta(seconds=holds.likely_s))
        return self._holds[key]


def sections(session: Session, found: Look, viewer: Viewer) -> Sections:
    """What this sort of viewer is shown, in their language. `session` is the one that was looked with."""
    hidden = frozenset[str]() if viewer.sees_totals else found.blind
    terminals = terminal_lines(session, found.now, viewer.language)
    people = [line for line in found.people.values() if line.zone not in hidden]
    zone_of = {line.number: line.zone for line in people if line.zone is not None}
    queue = needs(found.needs, terminals, found.now, viewer.language)
    return {
        "zones": {line.code: line for line in zone_lines(found, hidden)},
        "people": {line.number: line for line in people},
        "roll": {f"roll {site}".rstrip(): _shown(site, one, hidden) for site, one in found.rolls.items()},
        "terminals": {line.name: _at(line, found.sites) for line in terminals},
        "needs": {need.key: located(need, found.sites, zone_of) for need in queue},
        "moves": {
            line.key: line
            for line in moving(found.moves, found.tree, found.sites, found.people, viewer.language)
        },
        "counts": {line.key: line for line in count_lines(found.counts, viewer.language, viewer.sees_totals)},
    }


def _shown(site: str, roll: Roll, hidden: frozenset[str]) -> Roll:
    return msgspec.structs.replace(HIDDEN, site=site) if hidden else roll


def _at(line: TerminalLine, sites: Sites) -> TerminalLine:
    site = sites.of_checkpoint.get(line.checkpoint)
    return line if site is None else msgspec.structs.replace(line, sites=(site,))


def zone_lines(found: Look, hidden: frozenset[str]) -> list[ZoneLine]:
    """Every zone in use, in the order of the site."""
    ordered = [reach.order for reach in found.needs.orders if reach.ended is None]
    ordered.sort(key=lambda order: RANK[order.kind])

    def order_for(node: Node) -> str:
        codes = {node.code, *(above.code for above in found.tree.above(node.id))}
        return next((one.kind.value for one in ordered if one.whole_site or codes & {*one.zones}), "")

    return [
        ZoneLine(
            code=node.code,
            name=node.name,
            kind=node.kind,
            site=found.sites.of_zone.get(node.code, ""),
            capacity=capacity_of(found.tree, node.id).shown,
            is_unit=node.is_unit,
            within=None if node.parent_id is None else found.tree.zone(node.parent_id).code,
            hidden=node.code in hidden,
            order=order_for(node) if ordered else "",
        )
        for node in found.tree.zones()
        if not node.is_closed
    ]


def _zones_of(tree: Tree, units: frozenset[str]) -> frozenset[str]:
    nodes = [node for node in (tree.by_code(code) for code in units) if node is not None]
    return frozenset(tree.zone(zone).code for node in nodes for zone in tree.within(node.id))
