"""The live picture: what was read once for every screen, and what one sort of viewer is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.counting import count_lines
from hub.control_room.lines import PersonLine, Roll, ZoneLine
from hub.control_room.moves import Moves, moving, read_moves
from hub.control_room.needs import Facts, facts, needs
from hub.control_room.roll_line import HIDDEN, Out, Seen, roll
from hub.control_room.terminals import terminal_lines
from hub.custody.away import people_away
from hub.custody.merging.reading import leads
from hub.custody.queries import ids_in_custody
from hub.custody.records import Person
from hub.headcount.reading import Brief, blind_units, open_sessions
from hub.movements.records import Site
from hub.movements.site.rooms import capacity_of
from hub.movements.site.tree import Tree, load
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
    sites: Mapping[int, str]
    people: Mapping[int, PersonLine]
    roll: Roll
    needs: Facts
    counts: Sequence[Brief]
    moves: Moves
    blind: frozenset[str]
    """Codes of every zone in a unit that is counted blind."""


Sections = Mapping[str, Mapping[str, Any]]
"""Parts of the screen by name: in each its items by key, in order."""


def look(session: Session, now: datetime) -> Look:
    """Read everything once, in one transaction that only reads."""
    tree, judged = load(session), Judge(session, now)
    away = {one.person.id: Out(one.value.why.value, one.left_at) for one in people_away(session, now)}
    found = places(session, now)
    led = leads(session)
    inside = {led.get(person, person) for person in ids_in_custody(session)}
    away = {led.get(person, person): out for person, out in away.items()}
    seen = {person: Seen(tree.zone(place.zone_id).kind, place.proven_at) for person, place in found.items()}
    rows = session.execute(
        select(Person.id, Person.number, Person.surname, Person.given)
        .where(Person.id.in_(inside | found.keys()))
        .order_by(Person.surname, Person.given, Person.id)
    )
    people = {
        row[0]: judged.line(row[1], row[2], row[3], found.get(row[0]), away.get(row[0])) for row in rows
    }
    return Look(
        now=now,
        tree=tree,
        sites={site.id: site.code for site in session.scalars(select(Site))},
        people=people,
        roll=roll(session, now, inside, seen, away),
        needs=facts(session, now),
        counts=open_sessions(session, now),
        moves=read_moves(session, now),
        blind=_zones_of(tree, blind_units(session)),
    )


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
    people = (line for line in found.people.values() if line.zone not in hidden)
    return {
        "zones": {line.code: line for line in zone_lines(found, hidden)},
        "people": {line.number: line for line in people},
        "roll": {"roll": HIDDEN if hidden else found.roll},
        "terminals": {line.name: line for line in terminals},
        "needs": {need.key: need for need in needs(found.needs, terminals, found.now, viewer.language)},
        "moves": {line.key: line for line in moving(found.moves, found.tree, viewer.language)},
        "counts": {line.key: line for line in count_lines(found.counts, viewer.language, viewer.sees_totals)},
    }


def zone_lines(found: Look, hidden: frozenset[str]) -> list[ZoneLine]:
    """Every zone in use, in the order of the site."""
    return [
        ZoneLine(
            code=node.code,
            name=node.name,
            kind=node.kind,
            site=found.sites.get(node.site_id, ""),
            capacity=capacity_of(found.tree, node.id).shown,
            is_unit=node.is_unit,
            within=None if node.parent_id is None else found.tree.zone(node.parent_id).code,
            hidden=node.code in hidden,
        )
        for node in found.tree.zones()
        if not node.is_closed
    ]


def _zones_of(tree: Tree, units: frozenset[str]) -> frozenset[str]:
    nodes = [node for node in (tree.by_code(code) for code in units) if node is not None]
    return frozenset(tree.zone(zone).code for node in nodes for zone in tree.within(node.id))
