"""The map of each site: its drawings with the rooms on them, or one made from the zones alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.labels import Label, label
from hub.control_room.plan import GAP, HEAD, Room, Way, draw, strip
from hub.movements.records import Checkpoint, Site
from hub.movements.site.plans.reading import PlanView, drawn, plans
from hub.movements.site.tree import Node, Tree, load
from hub.terminals.overview import at_checkpoints

_WORDS: Final = re.compile(r'<text class="plan-words" x="(-?\d+)" y="(-?\d+)"[^>]*>[^<]*</text>')
_CORNER: Final = (15, 16, 22)
"""From the right and from the top to the first dot of a room, and from dot to dot."""
_DOT: Final = 13
"""Half a dot, with what keeps words off it."""


@dataclass(frozen=True)
class RoomMark:
    """A zone on a map; `shape` is the part of the drawing that it is, "" where it is a plain rectangle.

    The label is set from `words_x`, `words_y` right and down of its upper left corner.
    """

    zone: str
    name: str
    path: str
    x: int
    y: int
    width: int
    height: int
    frame: bool
    shape: str
    words_x: int
    words_y: int
    label: Label


@dataclass(frozen=True)
class DotMark:
    """A terminal at its place."""

    terminal: str
    place: str
    x: int
    y: int


@dataclass(frozen=True)
class FloorMap:
    """One floor: a `drawing` for the ground, "" for none, and what stands on it."""

    key: str
    name: str
    height: int
    drawing: Markup
    rooms: Sequence[RoomMark]
    dots: Sequence[DotMark]


@dataclass(frozen=True)
class SiteMap:
    """All floors of a site."""

    code: str
    name: str
    floors: Sequence[FloorMap]


@dataclass(frozen=True)
class _Ground:
    """What one site's map is made from. `doors` are (checkpoint, name, zone from, zone to)."""

    tree: Tree
    zones: Sequence[Node]
    doors: Sequence[tuple[str, str, str, str]]
    terminals: Mapping[str, Sequence[str]]


def site_maps(session: Session, *, tree: Tree | None = None, at: datetime | None = None) -> list[SiteMap]:
    """Maps of all sites that have zones, in their order: as they are, or as they were `at` a time with that `tree`."""
    tree = load(session) if tree is None else tree
    terminals = at_checkpoints(session)
    rows = session.execute(
        select(Checkpoint.code, Checkpoint.name, Checkpoint.from_zone_id, Checkpoint.to_zone_id)
        .where(Checkpoint.closed_at.is_(None))
        .order_by(Checkpoint.id)
    ).all()
    found = []
    for site in session.scalars(select(Site).order_by(Site.sort, Site.id)):
        zones = tree.zones(site.id)
        doors = [
            (row.code, row.name, tree.zone(row.from_zone_id).code, tree.zone(row.to_zone_id).code)
            for row in rows
            if tree.site_of(row.to_zone_id) == site.id
        ]
        if zones:
            ground = _Ground(tree, zones, doors, terminals)
            floors = _floors(ground, plans(session, site.id, at)) or [_made(ground)]
            found.append(SiteMap(site.code, site.name, floors))
    return found


def _made(ground: _Ground) -> FloorMap:
    """A map from the zones alone."""
    parents = {zone.code: _parent(ground.tree, zone) for zone in ground.zones}
    made = draw(
        [zone.code for zone in ground.zones],
        [Way(code, start, end) for code, _, start, end in ground.doors],
        parents,
    )
    spots = {door.checkpoint: (door.x, door.y) for door in made.doors}
    return _floor(ground, "drawn", "", made.height, "", [(room, "") for room in made.rooms], spots)


def _floors(ground: _Ground, views: Sequence[PlanView]) -> list[FloorMap]:
    """The drawings, each with its rooms. Zones that no drawing shows stand in a strip under the first."""
    shown = {code for view in views for code in view.zones}
    if not shown:
        return []
    lost = [zone for zone in ground.zones if not _is_shown(ground.tree, zone, shown)]
    return [_on(ground, view, lost if view is views[0] else ()) for view in views]


def _is_shown(tree: Tree, zone: Node, shown: set[str]) -> bool:
    """A zone is on the map with itself, with what it lies in, or with all that lies in it."""
    if any(one.code in shown for one in tree.above(zone.id)):
        return True
    inside = tree.children(zone.id)
    return bool(inside) and all(_is_shown(tree, one, shown) for one in inside)


def _on(ground: _Ground, view: PlanView, lost: Sequence[Node]) -> FloorMap:
    ties = view.zones
    rooms = [
        (
            Room(
                zone.code, tied.x, tied.y, tied.width, tied.height, frame=_holds_tied(ground.tree, zone, ties)
            ),
            tied.key,
        )
        for zone in ground.zones
        if (tied := ties.get(zone.code)) is not None
    ]
    # Smaller ones are drawn later: they are pressed where they lie in larger ones.
    rooms.sort(key=lambda one: -one[0].width * one[0].height)
    height, below = view.height, list[Room]()
    if lost:
        parents = {zone.code: _parent(ground.tree, zone) for zone in lost}
        below = strip([zone.code for zone in lost], parents, view.height + GAP)
        height = max(room.bottom for room in below)
    drawing = _with_zones(view.drawing, [room for room, _ in rooms], [key for _, key in rooms])
    marked = [*rooms, *((room, "") for room in below)]
    inner = {code: tied.inner for code, tied in ties.items()}
    return _floor(ground, str(view.id), view.floor, height, drawing, marked, view.spots, inner)


def _floor(
    ground: _Ground,
    key: str,
    name: str,
    height: int,
    drawing: str,
    rooms: Sequence[tuple[Room, str]],
    spots: Mapping[str, tuple[int, int]],
    inner: Mapping[str, tuple[int, int, int, int]] = MappingProxyType({}),
) -> FloorMap:
    by_code = {room.zone: room for room, _ in rooms}
    dots: list[DotMark] = []
    corner = Counter[str]()
    for code, words, _, to_zone in ground.doors:
        room = by_code.get(to_zone)
        for place, terminal in enumerate(ground.terminals.get(code, ())):
            if drawing and code in spots:
                dots.append(DotMark(terminal, words, spots[code][0] + _CORNER[2] * place, spots[code][1]))
            elif room is not None:
                x = room.right - _CORNER[0] - _CORNER[2] * corner[to_zone]
                dots.append(DotMark(terminal, words, x, room.y + _CORNER[1]))
                corner[to_zone] += 1
    marks = [_mark(ground.tree, room, shape, rooms, dots, inner.get(room.zone)) for room, shape in rooms]
    return FloorMap(key, name, height, drawn(drawing), marks, dots)


def _mark(
    tree: Tree,
    room: Room,
    shape: str,
    rooms: Sequence[tuple[Room, str]],
    dots: Sequence[DotMark],
    inner: tuple[int, int, int, int] | None,
) -> RoomMark:
    zone = tree.by_code(room.zone)
    assert zone is not None
    inside = {tree.zone(one).code for one in tree.within(zone.id)}
    place = room
    if room.frame:
        top = min((one.y for one, _ in rooms if one.zone in inside - {zone.code}), default=room.y + HEAD)
        place = replace(room, height=max(0, top - room.y))
    elif shape:
        within = room if inner is None else Room(room.zone, *inner)
        place = free_part(
            within,
            [
                one
                for one, _ in rooms
                if one.zone not in inside and one.width * one.height < room.width * room.height
            ],
        )
    near = [
        place.right - dot.x + _DOT
        for dot in dots
        if place.x + place.width // 2 < dot.x < place.right and place.y - _DOT < dot.y < place.y + HEAD
    ]
    return RoomMark(
        zone.code,
        zone.name,
        tree.path(zone.id),
        room.x,
        room.y,
        room.width,
        room.height,
        room.frame,
        shape,
        place.x - room.x,
        place.y - room.y,
        label(zone.name, place.width, place.height, frame=room.frame, taken=max(near, default=0)),
    )


def free_part(room: Room, others: Sequence[Room]) -> Room:
    """The part of a room's box in which no other one stands: a yard lies around what is in it."""
    for other in others:
        if other.x >= room.right or other.right <= room.x or other.y >= room.bottom or other.bottom <= room.y:
            continue
        if (
            other.x <= room.x
            and other.right >= room.right
            and other.y <= room.y
            and other.bottom >= room.bottom
        ):
            continue  # a room that lies around this one
        room = max(
            (
                replace(room, height=other.y - room.y),
                replace(room, y=other.bottom, height=room.bottom - other.bottom),
                replace(room, width=other.x - room.x),
                replace(room, x=other.right, width=room.right - other.right),
            ),
            key=lambda part: max(0, part.width) * max(0, part.height),
        )
    return room


def _with_zones(drawing: str, rooms: Sequence[Room], shapes: Sequence[str]) -> str:
    """The drawing with its zones marked, and without words where a zone says its own."""
    for key in shapes:
        for kind in ("plan-area", "plan-line"):
            drawing = drawing.replace(
                f'class="{kind}" data-shape="{key}"', f'class="plan-zone" data-shape="{key}"'
            )

    def kept(match: re.Match[str]) -> str:
        x, y = int(match[1]), int(match[2])
        under = any(room.x <= x <= room.right and room.y <= y <= room.bottom for room in rooms)
        return "" if under else match[0]

    return _WORDS.sub(kept, drawing)


def _holds_tied(tree: Tree, zone: Node, ties: Mapping[str, object]) -> bool:
    return any(tree.zone(one).code in ties for one in tree.within(zone.id) - {zone.id})


def _parent(tree: Tree, zone: Node) -> str | None:
    return None if zone.parent_id is None else tree.zone(zone.parent_id).code
