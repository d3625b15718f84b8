"""A floor plan from data alone: rooms around the zone that most doors open into. Pure geometry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 1200
HEIGHT: Final = 540
GAP: Final = 14
BAND: Final = 160
"""Height of the zone in the middle."""


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


@dataclass(frozen=True)
class Door:
    """Where a checkpoint is drawn; `turn` is the direction of passage: up, down or in (not adjacent)."""

    checkpoint: str
    x: int
    y: int
    turn: str


@dataclass(frozen=True)
class Plan:
    """All rooms and doors, inside WIDTH x HEIGHT."""

    rooms: Sequence[Room]
    doors: Sequence[Door]


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
    above = around[: (len(around) + 1) // 2]
    below = around[len(above) :]
    height = (HEIGHT - BAND - 2 * GAP) // 2 if below else HEIGHT - BAND - GAP
    rooms = _row(above, 0, height)
    rooms.append(Room(middle, 0, height + GAP, WIDTH, BAND, middle=True))
    return rooms + _row(below, height + BAND + 2 * GAP, height)


def _grid(zones: Sequence[str]) -> list[Room]:
    if len(zones) <= 2:
        return _row(zones, 0, HEIGHT)
    half = (len(zones) + 1) // 2
    height = (HEIGHT - GAP) // 2
    return _row(zones[:half], 0, height) + _row(zones[half:], height + GAP, height)


def _row(zones: Sequence[str], y: int, height: int) -> list[Room]:
    if not zones:
        return []
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
            doors.append(_door(way.code, x, room, other))
    return doors


def _door(code: str, x: int, to: Room, start: Room) -> Door:
    if to.bottom < start.y:
        return Door(code, x, (to.bottom + start.y) // 2, "up")
    if start.bottom < to.y:
        return Door(code, x, (start.bottom + to.y) // 2, "down")
    return Door(code, x, to.y + to.height // 2, "in")
