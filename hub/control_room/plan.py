"""A floor plan from data alone: rooms around the zone that most doors open into. Pure geometry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

WIDTH: Final = 1200
HEIGHT: Final = 540
GAP: Final = 14
BAND: Final = 160
"""Height of the zone in the middle."""
ACROSS: Final = 4
"""Rooms in one row: what a room is called and how many are in it have to be read from a chair."""
LOW: Final = 124
"""Height of every room once there are more rows than two: names and counts then stand beside each other."""


@dataclass(frozen=True)
class Way:
    """A checkpoint between two zones, by code."""

    code: str
    from_zone: str
    to_zone: str


@dataclass(frozen=True)
class Room:
    """A zone's rectangle in plan units."""

    zone: str
    x: int
    y: int
    width: int
    height: int
    middle: bool = False

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def low(self) -> bool:
        return self.height <= LOW


@dataclass(frozen=True)
class Door:
    """Where a checkpoint is drawn; `turn` is the direction of passage: up, down or in (not adjacent)."""

    checkpoint: str
    x: int
    y: int
    turn: str


@dataclass(frozen=True)
class Plan:
    """All rooms and doors, inside WIDTH x `height`, which is HEIGHT or, with more rows than fit, what they need."""

    rooms: Sequence[Room]
    doors: Sequence[Door]

    @property
    def height(self) -> int:
        return max([HEIGHT, *(room.bottom for room in self.rooms)])


def draw(zones: Sequence[str], ways: Sequence[Way]) -> Plan:
    """Plan of `zones` (codes in the order to show) and the ways between them."""
    middle = _middle(zones, ways)
    around = [zone for zone in zones if zone != middle]
    rooms = _grid(zones) if middle is None else _around(middle, around)
    return Plan(rooms, _doors(rooms, ways))


def _middle(zones: Sequence[str], ways: Sequence[Way]) -> str | None:
    touched = Counter(zone for way in ways for zone in (way.from_zone, way.to_zone) if zone in zones)
    if not touched or len(zones) < 3:
        return None
    zone, doors = touched.most_common(1)[0]
    return zone if doors >= 2 else None


def _around(middle: str, around: Sequence[str]) -> list[Room]:
    half = (len(around) + 1) // 2
    above, below = _shared(around[:half]), _shared(around[half:])
    count = len(above) + len(below)
    low = count > 2
    band = LOW if low else BAND
    height = LOW if low else (HEIGHT - band - count * GAP) // count
    rooms = _stack(above, 0, height)
    y = len(above) * (height + GAP)
    rooms.append(Room(middle, 0, y, WIDTH, band, middle=True))
    return rooms + _stack(below, y + band + GAP, height)


def _grid(zones: Sequence[str]) -> list[Room]:
    half = (len(zones) + 1) // 2
    rows = _shared(zones) if len(zones) <= 2 else [*_shared(zones[:half]), *_shared(zones[half:])]
    if not rows:
        return []
    height = LOW if len(rows) > 2 else (HEIGHT - GAP * (len(rows) - 1)) // len(rows)
    return _stack(rows, 0, height)


def _shared(zones: Sequence[str]) -> list[Sequence[str]]:
    """The zones in as few rows as hold them, each about as full as the others."""
    count = -(-len(zones) // ACROSS)
    edges = [len(zones) * row // count for row in range(count + 1)] if count else []
    return [zones[start:end] for start, end in pairwise(edges)]


def _stack(rows: Sequence[Sequence[str]], y: int, height: int) -> list[Room]:
    return [room for place, row in enumerate(rows) for room in _row(row, y + place * (height + GAP), height)]


def _row(zones: Sequence[str], y: int, height: int) -> list[Room]:
    width = (WIDTH - GAP * (len(zones) - 1)) // len(zones)
    return [Room(zone, index * (width + GAP), y, width, height) for index, zone in enumerate(zones)]


def _doors(rooms: Sequence[Room], ways: Sequence[Way]) -> list[Door]:
    by_zone = {room.zone: room for room in rooms}
    shared = Counter[str]()
    doors = []
    for way in ways:
        if way.from_zone in by_zone and way.to_zone in by_zone:
            room = by_zone[way.to_zone]
            other = by_zone[way.from_zone]
            place = other if room.middle else room
            x = place.x + place.width // 2 + 90 * shared[place.zone]
            shared[place.zone] += 1
            doors.append(_door(way.code, x, room, other, place))
    return doors


def _door(code: str, x: int, to: Room, start: Room, place: Room) -> Door:
    """Stands at the edge of the room `place`, on the side where the other one lies."""
    if to.y == start.y:
        return Door(code, x, to.y + to.height // 2, "in")
    upwards = to.y < start.y
    other_above = start.y < place.y if place is to else to.y < place.y
    y = place.y - GAP // 2 if other_above else place.bottom + GAP // 2
    return Door(code, x, y, "up" if upwards else "down")
