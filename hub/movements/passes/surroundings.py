"""What counts when moves are planned, read at once for all of them: other moves, absences, sanctions, keep-aparts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy.orm import Session

from hub.custody.facts.reading import by_person, holding
from hub.custody.life.alerts import ALERT, AlertType
from hub.custody.life.sanctions import RUNNING, SANCTION
from hub.custody.queries import ids_in_custody
from hub.custody.stays import HOME
from hub.custody.then import facts_of
from hub.movements.external.planned import absences_between
from hub.movements.passes.apart import Pair, forbidden_zones, meeting_place, numbers_of, pairs_of
from hub.movements.passes.clashes import Apart, Around, Move, Outside, Room, Serving
from hub.movements.passes.reading import Pass, passes_between
from hub.movements.passes.rules import DONE
from hub.movements.site.hours import CurfewHours, curfews
from hub.movements.site.rooms import capacity_of
from hub.movements.site.tree import Tree, load
from hub.web.formats import SITE_ZONE

_RISKS: Final = frozenset({AlertType.ESCAPE, AlertType.VIOLENCE, AlertType.STAFF})


@dataclass(frozen=True)
class Surroundings:
    """All that speaks for or against moves of some people in some time."""

    tree: Tree
    homes: dict[int, int]
    in_custody: set[int]
    moves: dict[int, list[Move]]
    outside: dict[int, tuple[Outside, ...]]
    serving: dict[int, tuple[Serving, ...]]
    pairs: dict[int, list[Pair]]
    numbers: dict[int, str]
    risky: set[int]
    hours: list[CurfewHours]

    def count_in(self, move: Move) -> None:
        """From now on this move, which is being planned as well, counts for the others."""
        self.moves.setdefault(move.person_id, []).append(move)
        self._by_zone.setdefault(move.to_zone, []).append(move)

    def around(self, move: Move) -> Around:
        """What counts for one move."""
        person = move.person_id
        own = tuple(self.moves.get(person, ()))
        there = self.tree.zone(move.to_zone)
        return Around(
            in_custody=person in self.in_custody,
            moves=own,
            outside=self.outside.get(person, ()),
            serving=self.serving.get(person, ()),
            apart=tuple(self._apart(pair, move) for pair in self.pairs.get(person, ())),
            curfew=self._curfew(move),
            risky=person in self.risky,
            closed_to=there.name if there.is_closed else "",
        )

    def room(self, move: Move) -> Room:
        """Room in the zone where a move ends, and who else goes there."""
        zone, within = self.tree.zone(move.to_zone), self.tree.within(move.to_zone)
        room = capacity_of(self.tree, zone.id)
        others = tuple(
            one
            for inside in within
            for one in self._by_zone.get(inside, ())
            if one.person_id != move.person_id
        )
        return Room(zone.name, room.shown, room.maximum, others)

    @cached_property
    def _by_zone(self) -> dict[int, list[Move]]:
        found: dict[int, list[Move]] = {}
        for held in self.moves.values():
            for one in held:
                found.setdefault(one.to_zone, []).append(one)
        return found

    @property
    def names(self) -> dict[int, str]:
        return {node.id: node.name for node in self.tree.zones()}

    def _apart(self, pair: Pair, move: Move) -> Apart:
        other = pair.with_whom(move.person_id)
        return Apart(
            number=self.numbers.get(other, ""),
            restriction=pair.restriction,
            forbidden=forbidden_zones(self.tree, pair.restriction),
            lives_in=self.homes.get(other),
            moves=tuple(self.moves.get(other, ())),
            there=meeting_place(self.tree, pair.restriction, move.to_zone),
        )

    def _curfew(self, move: Move) -> str:
        codes = {self.tree.zone(zone).code for zone in move.zones[1:]}
        for one in self.hours:
            if codes & set(one.zones) and (one.holds(move.from_at) or one.holds(move.until_at)):
                return one.name
        return ""


def surroundings(session: Session, moves: Sequence[Move], now: datetime) -> Surroundings:
    """Read what counts for `moves`."""
    first, last = min(one.from_at for one in moves), max(one.back_at for one in moves)
    people = {one.person_id for one in moves}
    pairs: dict[int, list[Pair]] = {}
    for pair in pairs_of(session, people, now):
        pairs.setdefault(pair.one, []).append(pair)
        pairs.setdefault(pair.other, []).append(pair)
    others = {one for held in pairs.values() for pair in held for one in (pair.one, pair.other)}
    tree = load(session)
    held: dict[int, list[Move]] = {}
    for each in passes_between(session, first, last):
        if each.state not in DONE and each.going is None:  # whoever goes out counts as being out
            held.setdefault(each.person_id, []).append(move_of(each))
    inside = ids_in_custody(session)
    return Surroundings(
        tree=tree,
        homes=homes_of(session, tree, people | others, now),
        in_custody=inside,
        moves=held,
        outside=_outside(session, people, first, last, now),
        serving=_serving(session, people),
        pairs=pairs,
        numbers=dict(numbers_of(session, people | others)),
        risky=_risky(session, people, now),
        hours=curfews(session),
    )


def move_of(one: Pass) -> Move:
    """A pass as a move."""
    return Move(
        person_id=one.person_id,
        zones=one.route,
        reason=one.reason,
        from_at=one.from_at,
        there_at=one.there_at,
        until_at=one.until_at,
        back_at=one.back_by_at,
        escort=one.escort,
        pass_id=one.id,
    )


def homes_of(session: Session, tree: Tree, people: Collection[int], at: datetime) -> dict[int, int]:
    """The zone in which each of these people lives, as recorded; those without one are left out."""
    found: dict[int, int] = {}
    rows = facts_of(session, people, (HOME.name,))
    for one in sorted(holding(HOME, rows, effective_at=at), key=lambda held: held.row.id):
        node = tree.by_code(one.value.zone)
        if node is not None:
            found[one.row.person_id] = node.id
    return found


def _outside(
    session: Session, people: Collection[int], first: datetime, last: datetime, now: datetime
) -> dict[int, tuple[Outside, ...]]:
    found: dict[int, list[Outside]] = {}
    for one in absences_between(session, first, last, now, people=people):
        outside = Outside(one.from_at, one.until_at, one.where, one.gone)
        found.setdefault(one.person_id, []).append(outside)
    return {person: tuple(held) for person, held in found.items()}


def _serving(session: Session, people: Collection[int]) -> dict[int, tuple[Serving, ...]]:
    rows = by_person(facts_of(session, people, (SANCTION.name,)))
    return {
        person: tuple(
            Serving(one.value.type, one.value.from_on, one.value.until_on)
            for one in holding(SANCTION, own)
            if one.value.type in RUNNING
        )
        for person, own in rows.items()
    }


def _risky(session: Session, people: Collection[int], now: datetime) -> set[int]:
    today = now.astimezone(SITE_ZONE).date()
    rows = facts_of(session, people, (ALERT.name,))
    return {
        one.row.person_id
        for one in holding(ALERT, rows, effective_at=now)
        if one.value.type in _RISKS and (one.value.until_on is None or one.value.until_on >= today)
    }
