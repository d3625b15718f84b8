"""Where two who are kept apart may not be together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.life.keep_aparts import KEEP_APART, Restriction, keep_aparts_of
from hub.custody.records import Person
from hub.movements.records import ZoneKind
from hub.movements.site.tree import Tree

_SHARED: Final = {
    Restriction.CELL: frozenset({ZoneKind.TIER, ZoneKind.BLOCK}),
    Restriction.TIER: frozenset({ZoneKind.BLOCK}),
    Restriction.BLOCK: frozenset(),
    Restriction.SITE: frozenset(),
}
"""Where people live, a restriction is taken at its word; where people meet, every pair is kept apart."""
_WIDEST: Final = {
    Restriction.CELL: frozenset({ZoneKind.CELL}),
    Restriction.TIER: frozenset({ZoneKind.CELL, ZoneKind.TIER}),
    Restriction.BLOCK: frozenset({ZoneKind.CELL, ZoneKind.TIER, ZoneKind.BLOCK}),
    Restriction.SITE: frozenset({ZoneKind.CELL, ZoneKind.TIER, ZoneKind.BLOCK}),
}


@dataclass(frozen=True)
class Pair:
    """Two people, the lower id first, and how far apart they are kept."""

    one: int
    other: int
    restriction: Restriction

    def with_whom(self, person_id: int) -> int:
        return self.other if person_id == self.one else self.one


def forbidden_zones(tree: Tree, restriction: Restriction) -> frozenset[int]:
    """Zones in which two people kept apart like this must not be at one time.

    Cells, holding cells, workshops, yards and the like for every pair; tiers and blocks where the restriction is as
    wide. People outside and at court are kept apart by whoever takes them there.
    """
    shared = _SHARED[restriction]
    return frozenset(
        node.id for node in tree.zones() if node.kind not in shared and node.kind != ZoneKind.OUTSIDE
    )


def together(tree: Tree, restriction: Restriction, zone_id: int) -> frozenset[int]:
    """Zones in one of which the other must not be while one of the two enters `zone_id`; empty: it may be entered.

    Where people live it is the whole of the cell, tier or block that the restriction speaks of, elsewhere the zone
    with all that lies in it; with "not in one prison" every zone of the site.
    """
    forbidden = forbidden_zones(tree, restriction)
    if zone_id in forbidden and restriction is Restriction.SITE:
        site = tree.site_of(zone_id)
        return frozenset(one for one in forbidden if tree.site_of(one) == site)
    return meeting_place(tree, restriction, zone_id)


def meeting_place(tree: Tree, restriction: Restriction, zone_id: int) -> frozenset[int]:
    """As `together`, for planning: two who may not be in one prison still must not be planned into one place."""
    if zone_id not in forbidden_zones(tree, restriction):
        return frozenset()
    wide = [node.id for node in tree.above(zone_id) if node.kind in _WIDEST[restriction]]
    return tree.within(wide[-1] if tree.is_residential(zone_id) and wide else zone_id)


def pairs_of(session: Session, people: Collection[int], at: datetime) -> list[Pair]:
    """Pairs that hold at a time and concern any of these people."""
    found: dict[tuple[int, int], Pair] = {}
    for one in keep_aparts_of(session, people, at):
        first, second = sorted((one.one_id, one.other_id))
        held = found.get((first, second))
        if held is None or _width(one.restriction) > _width(held.restriction):
            found[first, second] = Pair(first, second, one.restriction)
    return list(found.values())


def all_pairs(session: Session, at: datetime) -> list[Pair]:
    """Every pair of the prison."""
    on_file = set(session.scalars(select(Fact.person_id).where(Fact.kind == KEEP_APART.name).distinct()))
    return pairs_of(session, on_file, at) if on_file else []


def numbers_of(session: Session, people: Collection[int]) -> Mapping[int, str]:
    """Person numbers by id."""
    rows = session.execute(select(Person.id, Person.number).where(Person.id.in_(people)))
    return {row.id: row.number for row in rows}


def _width(restriction: Restriction) -> int:
    return list(Restriction).index(restriction)
