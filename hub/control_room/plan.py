"""A floor plan from data alone: rooms in rows, and in each room what lies in it. Pure geometry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Final

WIDTH: Final = 1200
HEIGHT: Final = 600
GAP: Final = 10
LEAST: Final = 66
"""Height below which a room shows neither a name nor a bar; a plan with more rows than fit grows."""
SHAPE: Final = 1.9
"""Width by height that a room reads best at."""
IN_A_STRIP: Final = 8
HEAD: Final = 34
"""Height of the name of a room that holds others."""
EDGE: Final = 8
"""Between a room and those in it."""


@dataclass(frozen=True)
class Way:
    """A checkpoint between two zones, by code."""

    code: str
    from_zone: str
    to_zone: str


@dataclass(frozen=True)
class Room:
    """A zone's rectangle in plan units. A `frame` holds other rooms, and has room for words at its top alone."""

    zone: str
    x: int
    y: int
    width: int
    height: int
    frame: bool = False

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True)
class Door:
    """Where the terminals of a checkpoint are drawn: in the upper right corner of the zone it leads into."""

    checkpoint: str
    x: int
    y: int


@dataclass(frozen=True)
class Plan:
    """All rooms and doors, inside WIDTH x `height`; a frame stands before what it holds."""

    rooms: Sequence[Room]
    doors: Sequence[Door]
    height: int


@dataclass
class _Item:
    zone: str
    inside: list[_Item] = field(default_factory=list)

    @property
    def weight(self) -> float:
        """How many rooms' worth of place it takes."""
        return max(1.0, 0.8 * sum(one.weight for one in self.inside) + 0.4) if self.inside else 1.0


def draw(
    zones: Sequence[str], ways: Sequence[Way], parents: Mapping[str, str | None] = MappingProxyType({})
) -> Plan:
    """Plan of `zones` (codes in the order to show) and the ways between them; `parents` says what lies in what."""
    rooms: list[Room] = []
    bottom = _rows(_nested(zones, parents), rooms, 0, 0, WIDTH, HEIGHT)
    return Plan(rooms, _doors(rooms, ways), max(HEIGHT, bottom))


def strip(zones: Sequence[str], parents: Mapping[str, str | None], y: int) -> list[Room]:
    """Rooms of zones that a drawing does not show, in low rows from `y` downwards."""
    items = _nested(zones, parents)
    rooms: list[Room] = []
    _rows(items, rooms, 0, y, WIDTH, -(-len(items) // IN_A_STRIP) * (LEAST + GAP) - GAP)
    return rooms


def _nested(zones: Sequence[str], parents: Mapping[str, str | None]) -> list[_Item]:
    items = {zone: _Item(zone) for zone in zones}
    top: list[_Item] = []
    for zone, item in items.items():
        above = items.get(parents.get(zone) or "")
        (top if above is None or above is item else above.inside).append(item)
    return top


def _rows(items: Sequence[_Item], rooms: list[Room], x: int, y: int, width: int, height: int) -> int:
    """Put the items into rows in this place, which grows downwards where they need more; gives where it ends."""
    if not items:
        return y
    rows = _shared(items, _row_count(items, width, height))
    each = (height - GAP * (len(rows) - 1)) // len(rows)
    for row in rows:
        y = _row(row, rooms, x, y, width, max(each, LEAST)) + GAP
    return y - GAP


def _row_count(items: Sequence[_Item], width: int, height: int) -> int:
    """As many rows as bring the rooms nearest to their best shape, with no room too low."""
    total = sum(item.weight for item in items)

    def misshape(rows: int) -> float:
        shape = (width / max(1.0, total / rows)) / (max(height, rows * LEAST) / rows)
        return max(shape / SHAPE, SHAPE / shape)

    return min(range(1, len(items) + 1), key=misshape)


def _shared(items: Sequence[_Item], count: int) -> list[Sequence[_Item]]:
    """The items in order in so many rows, each about as full as the others."""
    total = sum(item.weight for item in items)
    rows: list[list[_Item]] = [[] for _ in range(count)]
    done = 0.0
    for item in items:
        row = min(count - 1, int((done + item.weight / 2) * count / total))
        rows[row].append(item)
        done += item.weight
    return [row for row in rows if row]


def _row(row: Sequence[_Item], rooms: list[Room], x: int, y: int, width: int, height: int) -> int:
    total = sum(item.weight for item in row)
    free = width - GAP * (len(row) - 1)
    edges = [0.0]
    for item in row:
        edges.append(edges[-1] + item.weight)
    places = [
        (
            item,
            x + round(free * start / total) + GAP * index,
            round(free * end / total) - round(free * start / total),
        )
        for index, (item, (start, end)) in enumerate(zip(row, pairwise(edges), strict=True))
    ]
    bottom = y + max(_needed(item, wide, height) for item, _, wide in places)
    for item, left, wide in places:
        rooms.append(Room(item.zone, left, y, wide, bottom - y, frame=bool(item.inside)))
        _rows(item.inside, rooms, left + EDGE, y + HEAD, wide - 2 * EDGE, bottom - y - HEAD - EDGE)
    return bottom


def _needed(item: _Item, width: int, height: int) -> int:
    """How high the room has to be for what it holds."""
    if not item.inside:
        return height
    inner = _rows(item.inside, [], 0, 0, width - 2 * EDGE, height - HEAD - EDGE)
    return max(height, inner + HEAD + EDGE)


def _doors(rooms: Sequence[Room], ways: Sequence[Way]) -> list[Door]:
    by_zone = {room.zone: room for room in rooms}
    taken = Counter[str]()
    doors = []
    for way in ways:
        room = by_zone.get(way.to_zone)
        if room is not None:
            doors.append(Door(way.code, room.right - 15 - 22 * taken[room.zone], room.y + 16))
            taken[room.zone] += 1
    return doors
