"""The site as it was at a time: zones under the names they had then, and the maps that hung on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.site_map import SiteMap, site_maps
from hub.movements.records import Site, Zone
from hub.movements.site.forms import ZoneForm
from hub.movements.site.rooms import capacity_of
from hub.movements.site.then import site_at
from hub.movements.site.tree import Node, Tree, load


class ZoneThen(msgspec.Struct, frozen=True):
    """A zone; `room` is how many it was for, None where nobody said. `within` is what it lay in, "" for nothing."""

    code: str
    name: str
    kind: str
    site: str
    within: str
    room: int | None
    locked_at_night: bool


class SiteThen(msgspec.Struct, frozen=True):
    """Zones of every site, in order."""

    zones: Sequence[ZoneThen]


def site_then(session: Session, at: datetime) -> SiteThen:
    """The zones at `at`, those that were closed by then left out."""
    tree = tree_at(session, at)
    sites = {row.id: row.code for row in session.scalars(select(Site))}
    return SiteThen([_zone(tree, node, sites) for node in tree.zones()])


def maps_then(session: Session, at: datetime) -> list[SiteMap]:
    """The maps of all sites as they were at `at`."""
    return site_maps(session, tree=tree_at(session, at), at=at)


def tree_at(session: Session, at: datetime) -> Tree:
    """The zones as they stood in each other at `at`. One that there was not yet is in it as closed.

    Before anything was entered of the site it is as it is now: what was proven then was proven somewhere.
    """
    forms = site_at(session, at).zones
    if not forms:
        return load(session)
    rows = session.scalars(select(Zone).order_by(Zone.id)).all()
    ids = {row.code: row.id for row in rows}
    sites = {row.code: row.id for row in session.scalars(select(Site))}
    return Tree(_node(row, forms.get(row.code), ids, sites) for row in rows)


def _node(row: Zone, form: ZoneForm | None, ids: dict[str, int], sites: dict[str, int]) -> Node:
    if form is None:
        return Node(
            row.id,
            row.code,
            row.name,
            row.kind,
            row.site_id,
            None,
            False,
            None,
            None,
            None,
            False,
            False,
            0,
            True,
        )
    return Node(
        id=row.id,
        code=row.code,
        name=form.name,
        kind=form.kind.value,
        site_id=sites.get(form.site, row.site_id),
        parent_id=None if form.parent is None else ids.get(form.parent),
        is_unit=form.is_unit,
        certified=form.certified,
        working=form.working,
        maximum=form.maximum,
        needs_pass=form.needs_pass,
        is_locked_at_night=form.is_locked_at_night,
        sort=form.sort,
        is_closed=form.closed,
    )


def _zone(tree: Tree, node: Node, sites: dict[int, str]) -> ZoneThen:
    return ZoneThen(
        code=node.code,
        name=node.name,
        kind=node.kind,
        site=sites[node.site_id],
        within="" if node.parent_id is None else tree.zone(node.parent_id).code,
        room=capacity_of(tree, node.id).shown,
        locked_at_night=node.is_locked_at_night,
    )
