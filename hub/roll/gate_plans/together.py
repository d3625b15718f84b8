"""Which zones are one place with a zone, as far as two people who are kept apart go. Pure."""

from __future__ import annotations

from hub.custody.life.keep_aparts import Restriction
from hub.movements.passes.apart import forbidden_zones
from hub.movements.records import ZoneKind
from hub.movements.site.tree import Node, Tree

_WIDEST = {
    Restriction.CELL: frozenset({ZoneKind.CELL}),
    Restriction.TIER: frozenset({ZoneKind.CELL, ZoneKind.TIER}),
    Restriction.BLOCK: frozenset({ZoneKind.CELL, ZoneKind.TIER, ZoneKind.BLOCK}),
    Restriction.SITE: frozenset({ZoneKind.CELL, ZoneKind.TIER, ZoneKind.BLOCK}),
}


def together(tree: Tree, restriction: Restriction, zone_id: int) -> frozenset[int]:
    """Zones in one of which the other must not be while one of the two enters `zone_id`; empty: it may be entered.

    Where people live it is the whole of the cell, tier or block that the restriction speaks of, elsewhere the zone
    with all that lies in it; with "not in one prison" every zone of the site.
    """
    forbidden = forbidden_zones(tree, restriction)
    if zone_id not in forbidden:
        return frozenset()
    if restriction is Restriction.SITE:
        site = tree.site_of(zone_id)
        return frozenset(one for one in forbidden if tree.site_of(one) == site)
    return tree.within(_base(tree, restriction, tree.zone(zone_id)))


def _base(tree: Tree, restriction: Restriction, zone: Node) -> int:
    """The widest place around the zone that the two may not share."""
    wide = [node.id for node in tree.above(zone.id) if node.kind in _WIDEST[restriction]]
    return wide[-1] if tree.is_residential(zone.id) and wide else zone.id
