"""The site as it was at a time: zones under the names they had, the drawings that hung, and what was tied to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from hub.control_room.plan import Way, draw
from hub.movements.records import Checkpoint, Site, Zone
from hub.movements.site.records import FloorPlan, PlanShape, PlanSpot, SiteChange


class ZoneThen(msgspec.Struct, frozen=True):
    """A zone; `room` is how many it was for, None where nobody said."""

    code: str
    name: str
    kind: str
    site: str
    parent: str
    room: int | None
    locked_at_night: bool


class WayThen(msgspec.Struct, frozen=True):
    """A checkpoint, by codes of its zones."""

    code: str
    name: str
    from_zone: str
    to_zone: str


class Floor(msgspec.Struct, frozen=True):
    """A drawing, and which of its shapes were zones; `spots` are checkpoints with their place in its units."""

    site: str
    floor: str
    drawing: str
    shapes: dict[str, str]
    spots: dict[str, tuple[int, int]]


class SiteThen(msgspec.Struct, frozen=True):
    """Everything to draw the site with."""

    sites: dict[str, str]
    zones: Sequence[ZoneThen]
    ways: Sequence[WayThen]
    floors: Sequence[Floor]


_THERE: Final = {"there": True}
"""Stands for a zone of which nothing was changed since."""


def site_then(session: Session, at: datetime) -> SiteThen:
    """The site at `at`. A site without a drawing gets one from its zones and ways alone."""
    sites = {row.id: row for row in session.scalars(select(Site).order_by(Site.sort, Site.id))}
    rows = session.scalars(select(Zone).order_by(Zone.site_id, Zone.sort, Zone.id)).all()
    then = _fields_then(session, "zone", at)
    codes = {row.id: row.code for row in rows}
    zones = [
        _zone(row, sites[row.site_id].code, codes, then.get(row.code, {}))
        for row in rows
        if then.get(row.code, _THERE) and (row.closed_at is None or row.closed_at > at)
    ]
    ways = _ways(session, at)
    floors = _floors(session, sites, codes, at)
    drawn = {floor.site for floor in floors}
    for site in sites.values():
        if site.code not in drawn:
            floors += _drawn(site.code, [zone for zone in zones if zone.site == site.code], ways)
    return SiteThen({row.code: row.name for row in sites.values()}, zones, ways, floors)


def _fields_then(session: Session, kind: str, at: datetime) -> dict[str, dict[str, Any]]:
    """What fields had at `at` that were changed since, by code; nothing of what was made since."""
    found: dict[str, dict[str, Any]] = {}
    changes = session.scalars(
        select(SiteChange).where(SiteChange.kind == kind, SiteChange.at > at).order_by(SiteChange.id.desc())
    )
    for change in changes:
        if change.before is None:
            found[change.code] = {}
        else:
            found.setdefault(change.code, {}).update(change.before)
    return found


def _zone(row: Zone, site: str, codes: dict[int, str], then: dict[str, Any]) -> ZoneThen:
    parent = codes.get(row.parent_id, "") if row.parent_id is not None else ""
    working, certified = then.get("working", row.working), then.get("certified", row.capacity)
    return ZoneThen(
        code=row.code,
        name=str(then.get("name", row.name)),
        kind=str(then.get("kind", row.kind)),
        site=site,
        parent=str(then.get("parent", parent) or ""),
        room=certified if working is None else working,
        locked_at_night=bool(then.get("is_locked_at_night", row.is_locked_at_night)),
    )


def _ways(session: Session, at: datetime) -> list[WayThen]:
    start, end = aliased(Zone), aliased(Zone)
    rows = session.execute(
        select(Checkpoint.code, Checkpoint.name, start.code, end.code)
        .join(start, start.id == Checkpoint.from_zone_id)
        .join(end, end.id == Checkpoint.to_zone_id)
        .order_by(Checkpoint.id)
    ).all()
    then = _fields_then(session, "checkpoint", at)
    return [
        WayThen(
            code,
            str(then.get(code, {}).get("name", name)),
            str(then.get(code, {}).get("from_zone", from_zone)),
            str(then.get(code, {}).get("to_zone", to_zone)),
        )
        for code, name, from_zone, to_zone in rows
    ]


def _floors(session: Session, sites: dict[int, Site], codes: dict[int, str], at: datetime) -> list[Floor]:
    """The drawings that hung at `at`; of a site that had none yet, the first that it got."""
    plans = session.scalars(
        select(FloorPlan)
        .where(or_(FloorPlan.replaced_at.is_(None), FloorPlan.replaced_at > at))
        .order_by(FloorPlan.sort, FloorPlan.id)
    ).all()
    first: dict[tuple[int, str], FloorPlan] = {}
    for plan in plans:
        first.setdefault((plan.site_id, plan.floor), plan)
    points = dict(session.execute(select(Checkpoint.id, Checkpoint.code)).all())
    return [_floor(session, plan, sites[plan.site_id].code, codes, points, at) for plan in first.values()]


def _floor(
    session: Session, plan: FloorPlan, site: str, codes: dict[int, str], points: dict[int, str], at: datetime
) -> Floor:
    moment = max(at, plan.added_at)
    shapes = session.scalars(
        select(PlanShape).where(
            PlanShape.plan_id == plan.id, or_(PlanShape.untied_at.is_(None), PlanShape.untied_at > moment)
        )
    ).all()
    spots = session.scalars(
        select(PlanSpot).where(
            PlanSpot.plan_id == plan.id, or_(PlanSpot.removed_at.is_(None), PlanSpot.removed_at > moment)
        )
    ).all()
    return Floor(
        site,
        plan.floor,
        plan.drawing,
        {one.shape: codes[one.zone_id] for one in sorted(shapes, key=lambda one: one.tied_at, reverse=True)},
        {points[one.checkpoint_id]: (one.x, one.y) for one in spots},
    )


_ROOM: Final = '<rect id="z{index}" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>'


def _drawn(site: str, zones: Sequence[ZoneThen], ways: Sequence[WayThen]) -> list[Floor]:
    if not zones:
        return []
    plan = draw([zone.code for zone in zones], [Way(way.code, way.from_zone, way.to_zone) for way in ways])
    parts = [
        _ROOM.format(index=index, x=room.x, y=room.y, width=room.width, height=room.height)
        for index, room in enumerate(plan.rooms)
    ]
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 1212 {plan.height + 12}">{"".join(parts)}</svg>'
    shapes = {f"z{index}": room.zone for index, room in enumerate(plan.rooms)}
    spots = {door.checkpoint: (door.x, door.y) for door in plan.doors}
    return [Floor(site, "", drawing, shapes, spots)]
