"""Zones in zones: read once for a call, and then asked without the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import once
from hub.movements.records import Site, Zone

DEEPEST: Final = 12
"""Nothing lies deeper in a prison; a ring of parents, which no editor lets in, ends here."""


@dataclass(frozen=True)
class Node:
    """A zone in the tree. `certified`, `working` and `maximum` are None where nobody said."""

    id: int
    code: str
    name: str
    kind: str
    site_id: int
    parent_id: int | None
    is_unit: bool
    certified: int | None
    working: int | None
    maximum: int | None
    needs_pass: bool
    is_locked_at_night: bool
    sort: int
    is_closed: bool


class Tree:
    """All zones of all sites, closed ones as well: what was proven there stays true.

    Lists leave closed zones out and stand in the order of the site: by site, by `sort` under each parent. `sites` are
    the names of sites by id, in their order.
    """

    def __init__(self, nodes: Iterable[Node], sites: Mapping[int, str] = MappingProxyType({})) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._sites = sites
        used = {node.site_id for node in self._nodes.values()}
        self._first = next((site for site in sites if site in used), None)

    def __contains__(self, zone_id: object) -> bool:
        return zone_id in self._nodes

    def zone(self, zone_id: int) -> Node:
        """A zone by its id; KeyError when there is none."""
        return self._nodes[zone_id]

    def by_code(self, code: str) -> Node | None:
        """A zone by its code, closed or not."""
        return self._codes.get(code)

    def zones(self, site_id: int | None = None) -> list[Node]:
        """Open zones in order, parents before what lies in them; of one site, or of all."""
        return [
            node
            for node in self._ordered
            if not node.is_closed and (site_id is None or node.site_id == site_id)
        ]

    def all(self) -> list[Node]:
        """Every zone in order, closed ones as well."""
        return list(self._ordered)

    def units(self, site_id: int | None = None) -> list[Node]:
        """Open zones in which counts are taken, in order."""
        return [node for node in self.zones(site_id) if node.is_unit]

    def unit_of(self, zone_id: int) -> int | None:
        """The unit that a zone lies in or is; None where no count is taken."""
        return next((node.id for node in self.above(zone_id) if node.is_unit), None)

    def above(self, zone_id: int) -> list[Node]:
        """The zone itself and all that it lies in, from the inside out; empty for an unknown id."""
        found: list[Node] = []
        node = self._nodes.get(zone_id)
        while node is not None and len(found) < DEEPEST:
            found.append(node)
            node = None if node.parent_id is None else self._nodes.get(node.parent_id)
        return found

    def children(self, zone_id: int | None, site_id: int | None = None) -> list[Node]:
        """Open zones right inside of one, in order; of None, those that lie in no other."""
        found = [node for node in self._children.get(zone_id, ()) if not node.is_closed]
        return [node for node in found if site_id is None or node.site_id == site_id]

    def within(self, zone_id: int) -> frozenset[int]:
        """Ids of the zone and of everything in it, closed or not: somebody may have been seen there last."""
        found, wave = {zone_id}, [zone_id]
        while wave:
            wave = [node.id for one in wave for node in self._children.get(one, ()) if node.id not in found]
            found.update(wave)
        return frozenset(found)

    def path(self, zone_id: int, *, between: str = " > ") -> str:
        """The zone in words, from the outside in: "Block B > Tier 2"; "Farm: Dairy" at any site but the first."""
        words = self.way(zone_id, between=between)
        node = self._nodes.get(zone_id)
        if node is None or node.site_id == self._first or node.site_id not in self._sites:
            return words
        return f"{self._sites[node.site_id]}: {words}"

    def way(self, zone_id: int, *, between: str = " > ") -> str:
        """The same within its site."""
        return between.join(node.name for node in reversed(self.above(zone_id)))

    def depth(self, zone_id: int) -> int:
        """How many zones it lies in."""
        return len(self.above(zone_id)) - 1

    def site_of(self, zone_id: int) -> int:
        """Id of the zone's site; KeyError for an unknown zone."""
        return self._nodes[zone_id].site_id

    def is_residential(self, zone_id: int) -> bool:
        """Whether people live there: a block, a tier or a cell."""
        return self._nodes[zone_id].kind in ("BLOCK", "TIER", "CELL")

    @cached_property
    def _codes(self) -> dict[str, Node]:
        return {node.code: node for node in self._nodes.values()}

    @cached_property
    def _children(self) -> dict[int | None, list[Node]]:
        found: dict[int | None, list[Node]] = {}
        for node in sorted(self._nodes.values(), key=lambda one: (one.site_id, one.sort, one.id)):
            found.setdefault(node.parent_id, []).append(node)
        return found

    @cached_property
    def _ordered(self) -> Sequence[Node]:
        found: list[Node] = []

        def walk(parent: int | None) -> None:
            for node in self._children.get(parent, ()):
                found.append(node)
                walk(node.id)

        walk(None)
        return found


def load(session: Session) -> Tree:
    """The tree as it is now; a transaction that only reads asks the database once."""
    return once(session, _read)


def _read(session: Session) -> Tree:
    return Tree(nodes(session), site_names(session))


def site_names(session: Session) -> dict[int, str]:
    """Names of sites by id, in their order."""
    rows = session.execute(select(Site.id, Site.name).order_by(Site.sort, Site.id))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class Choice:
    """A zone in a list to choose from: its whole way in words, as one tier is called like another."""

    code: str
    name: str


def choices(session: Session, *, closed: bool = False) -> list[Choice]:
    """Zones to choose from, in order, with the site before where there are several; closed ones for what was."""
    tree, sites = load(session), site_names(session)
    used = tree.zones() if not closed else tree.all()
    several = len({zone.site_id for zone in used}) > 1
    return [
        Choice(zone.code, f"{sites[zone.site_id]}: {tree.way(zone.id)}" if several else tree.way(zone.id))
        for zone in used
    ]


_COLUMNS: Final = (
    *(Zone.id, Zone.code, Zone.name, Zone.kind, Zone.site_id, Zone.parent_id, Zone.is_unit, Zone.capacity),
    *(Zone.working, Zone.maximum, Zone.needs_pass, Zone.is_locked_at_night, Zone.sort, Zone.closed_at),
)
"""Rows cost a third of what objects do, and gates' plans are reckoned from them each second."""


def nodes(session: Session) -> list[Node]:
    """Every zone as the tables hold it now."""
    return [
        Node(
            id=row.id,
            code=row.code,
            name=row.name,
            kind=row.kind,
            site_id=row.site_id,
            parent_id=row.parent_id,
            is_unit=row.is_unit,
            certified=row.capacity,
            working=row.working,
            maximum=row.maximum,
            needs_pass=row.needs_pass,
            is_locked_at_night=row.is_locked_at_night,
            sort=row.sort,
            is_closed=row.closed_at is not None,
        )
        for row in session.execute(select(*_COLUMNS))
    ]
