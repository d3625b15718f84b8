"""What the screen needs once: the plan of the site."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.control_room.plan import Door, Room, Way, draw
from hub.movements.records import Checkpoint, Zone
from hub.terminals.records import Status, Terminal


@dataclass(frozen=True)
class TerminalDoor:
    """A door with the terminals that stand at it."""

    door: Door
    name: str
    terminals: list[str]


@dataclass(frozen=True)
class FloorPlan:
    """Rooms and doors to draw."""

    rooms: list[Room]
    doors: list[TerminalDoor]
    height: int


def floor_plan(session: Session) -> FloorPlan:
    """The plan of the site as it is now."""
    zones = list(session.scalars(select(Zone.code).order_by(Zone.id)))
    start, end = aliased(Zone), aliased(Zone)
    rows = session.execute(
        select(Checkpoint.code, Checkpoint.name, start.code, end.code)
        .join(start, start.id == Checkpoint.from_zone_id)
        .join(end, end.id == Checkpoint.to_zone_id)
        .order_by(Checkpoint.id)
    ).all()
    plan = draw(zones, [Way(code, from_zone, to_zone) for code, _, from_zone, to_zone in rows])
    names = {code: name for code, name, _, _ in rows}
    at = _terminals(session)
    doors = [TerminalDoor(door, names[door.checkpoint], at.get(door.checkpoint, [])) for door in plan.doors]
    return FloorPlan(list(plan.rooms), doors, plan.height)


def _terminals(session: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(Terminal.checkpoint_code, Terminal.name)
        .where(Terminal.status == Status.ACTIVE)
        .order_by(Terminal.name)
    )
    for checkpoint, name in rows:
        found.setdefault(checkpoint, []).append(name)
    return found
