"""How many people a zone has room for. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hub.movements.site.tree import Node, Tree


@dataclass(frozen=True)
class Room:
    """`certified` in ordinary times, `working` as it is run, `maximum` beyond which nobody is let in; None: unsaid."""

    certified: int | None
    working: int | None
    maximum: int | None

    @property
    def shown(self) -> int | None:
        """The number that a screen measures a count by."""
        return self.working if self.working is not None else self.certified


def room_of(zone: Node) -> Room:
    """What was said of the zone itself; `working` unsaid is as certified."""
    working = zone.certified if zone.working is None else zone.working
    return Room(zone.certified, working, zone.maximum)


def capacity_of(tree: Tree, zone_id: int) -> Room:
    """Room of a zone: what was said of it, else the sum of what lies in it where each of those says something."""
    own = room_of(tree.zone(zone_id))
    if own != Room(None, None, None):
        return own
    parts = [capacity_of(tree, child.id) for child in tree.children(zone_id)]
    return Room(
        _sum([one.certified for one in parts]),
        _sum([one.working for one in parts]),
        _sum([one.maximum for one in parts]),
    )


def limits(tree: Tree) -> dict[int, int]:
    """Most people that a zone takes in at once, by id, for those of which it was said."""
    return {node.id: node.maximum for node in tree.zones() if node.maximum is not None}


def _sum(values: list[int | None]) -> int | None:
    said = [value for value in values if value is not None]
    return sum(said) if values and len(said) == len(values) else None
