"""Handing plans in, saying which shape is which zone and where checkpoints stand. The caller has the transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.records import Checkpoint, Site, Zone
from hub.movements.site.editing import take_turn
from hub.movements.site.plans.cleaning import WIDTH, Drawing, clean
from hub.movements.site.plans.geometry import Box
from hub.movements.site.records import FloorPlan, PlanShape, PlanSpot, SiteChange
from hub.sentences import RefusedError, Sentence

PLAN: Final = "plan"
TIE: Final = "tie"
SPOT: Final = "spot"
"""What changes of plans are about; a tie goes by the code of its zone, a spot by that of its checkpoint."""


def hand_in(
    session: Session, site_code: str, floor: str, raw: bytes, *, actor: Actor, at: datetime
) -> tuple[FloorPlan, Drawing]:
    """A new drawing of a floor in place of the one before. Ties and spots go over to it as far as they fit.

    A shape that the file calls by the code of a zone is tied to it. RefusedError for a file that cannot be used, or a
    site that is not there.
    """
    drawing = clean(raw)
    take_turn(session)
    site = session.scalar(select(Site).where(Site.code == site_code))
    if site is None:
        raise RefusedError("site", Sentence("There is no site %(site)s. Add it first.", {"site": site_code}))
    name = floor.strip()[:40]
    if not name:
        raise RefusedError("floor", Sentence("Say which floor it is: ground floor, upper floor."))
    before = session.scalar(
        select(FloorPlan).where(
            FloorPlan.site_id == site.id, FloorPlan.floor == name, FloorPlan.replaced_at.is_(None)
        )
    )
    last = session.scalar(select(func.max(FloorPlan.sort)).where(FloorPlan.site_id == site.id))
    if before is not None:
        before.replaced_at = at
        session.flush()
    plan = FloorPlan(
        site_id=site.id,
        floor=name,
        sort=before.sort if before is not None else (last or 0) + 1,
        drawing=drawing.inside,
        height=drawing.height,
        shapes={
            one.key: [one.name, *map(round, _sides(one.box)), *map(round, _sides(one.inner))]
            for one in drawing.shapes
        },
        sha256=hashlib.sha256(raw).hexdigest(),
        added_at=at,
        added_by=actor.login[:64],
    )
    session.add(plan)
    session.flush()
    _note(
        session,
        PLAN,
        f"{site.code}/{name}"[:64],
        None if before is None else _said(before),
        _said(plan),
        actor,
        at,
    )
    _carry(session, before, plan, actor, at)
    return plan, drawing


def take_down(session: Session, plan_id: int, *, actor: Actor, at: datetime) -> None:
    """Show the floor no more; its drawing stays for what was. RefusedError when it is not there."""
    plan = current(session, plan_id)
    plan.replaced_at = at
    session.flush()
    site = session.get_one(Site, plan.site_id)
    _note(session, PLAN, f"{site.code}/{plan.floor}"[:64], _said(plan), None, actor, at)


def tie(session: Session, plan_id: int, shape: str, zone: str | None, *, actor: Actor, at: datetime) -> None:
    """From now on the shape is this zone, or none. A zone has one shape of a plan: the one before is let go.

    RefusedError for a shape, a zone or a plan that is not there.
    """
    take_turn(session)
    plan = current(session, plan_id)
    if shape not in plan.shapes:
        raise RefusedError("shape", Sentence("There is no such shape. Load the page again."))
    wanted = None if zone is None else _zone(session, plan, zone)
    held = _ties(session, plan_id)
    if wanted is not None and any(one.shape == shape and one.zone_id == wanted.id for one in held):
        return
    for one in held:
        if one.shape == shape or (wanted is not None and one.zone_id == wanted.id):
            one.untied_at = at
            old = session.get_one(Zone, one.zone_id)
            _note(session, TIE, old.code, {"plan": plan_id, "shape": one.shape}, None, actor, at)
    session.flush()
    if wanted is not None:
        session.add(PlanShape(plan_id=plan_id, shape=shape, zone_id=wanted.id, tied_at=at))
        session.flush()
        _note(session, TIE, wanted.code, None, {"plan": plan_id, "shape": shape}, actor, at)


def place(
    session: Session,
    plan_id: int,
    checkpoint: str,
    spot: tuple[int, int] | None,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """From now on the checkpoint stands at this point of the plan, or nowhere on it.

    RefusedError for a checkpoint or a plan that is not there, and a point beside the drawing.
    """
    take_turn(session)
    plan = current(session, plan_id)
    wanted = session.scalar(
        select(Checkpoint).where(Checkpoint.code == checkpoint, Checkpoint.closed_at.is_(None))
    )
    if wanted is None or _site_of(session, wanted) != plan.site_id:
        raise RefusedError(
            "checkpoint", Sentence("There is no checkpoint %(code)s at this site.", {"code": checkpoint})
        )
    if spot is not None and not (0 <= spot[0] <= WIDTH and 0 <= spot[1] <= plan.height):
        raise RefusedError("spot", Sentence("This point is not on the drawing. Choose one on it."))
    held = session.scalar(
        select(PlanSpot).where(
            PlanSpot.plan_id == plan_id, PlanSpot.checkpoint_id == wanted.id, PlanSpot.removed_at.is_(None)
        )
    )
    before = None if held is None else {"plan": plan_id, "x": held.x, "y": held.y}
    if held is not None:
        held.removed_at = at
        session.flush()
    after = None
    if spot is not None:
        session.add(PlanSpot(plan_id=plan_id, checkpoint_id=wanted.id, x=spot[0], y=spot[1], placed_at=at))
        session.flush()
        after = {"plan": plan_id, "x": spot[0], "y": spot[1]}
    if before != after:
        _note(session, SPOT, checkpoint, before, after, actor, at)


def current(session: Session, plan_id: int) -> FloorPlan:
    """A plan that is shown; RefusedError for one that was replaced, or none."""
    plan = session.get(FloorPlan, plan_id)
    if plan is None or plan.replaced_at is not None:
        raise RefusedError("plan", Sentence("This plan was replaced meanwhile. Load the page again."))
    return plan


def _carry(session: Session, before: FloorPlan | None, plan: FloorPlan, actor: Actor, at: datetime) -> None:
    """Ties by the names of shapes, else by a shape that lies where the old one lay; spots as they were."""
    names = {str(shape[0]).lower(): key for key, shape in reversed(plan.shapes.items()) if shape[0]}
    wanted: dict[int, str] = {}
    if before is not None:
        for one in _ties(session, before.id):
            found = _like(before.shapes[one.shape], plan.shapes, names)
            if found is not None and found not in wanted.values():
                wanted[one.zone_id] = found
        for spot in session.scalars(
            select(PlanSpot).where(PlanSpot.plan_id == before.id, PlanSpot.removed_at.is_(None))
        ).all():
            kept = PlanSpot(
                plan_id=plan.id, checkpoint_id=spot.checkpoint_id, x=spot.x, y=spot.y, placed_at=at
            )
            if spot.y <= plan.height:
                session.add(kept)
    for zone in session.scalars(
        select(Zone).where(Zone.site_id == plan.site_id, Zone.closed_at.is_(None)).order_by(Zone.id)
    ):
        key = names.get(zone.code.lower())
        if key is not None and zone.id not in wanted and key not in wanted.values():
            wanted[zone.id] = key
    for zone_id, key in wanted.items():
        tie(session, plan.id, key, session.get_one(Zone, zone_id).code, actor=actor, at=at)


def _like(old: list[Any], shapes: Mapping[str, list[Any]], names: Mapping[str, str]) -> str | None:
    if old[0] and str(old[0]).lower() in names:
        return names[str(old[0]).lower()]
    near = [
        (sum(abs(one - two) for one, two in zip(old[1:5], shape[1:5], strict=True)), key)
        for key, shape in shapes.items()
    ]
    distance, key = min(near, default=(1 << 30, ""))
    return key if distance <= WIDTH // 50 else None


def _ties(session: Session, plan_id: int) -> list[PlanShape]:
    wanted = select(PlanShape).where(PlanShape.plan_id == plan_id, PlanShape.untied_at.is_(None))
    return list(session.scalars(wanted.order_by(PlanShape.id)))


def _zone(session: Session, plan: FloorPlan, code: str) -> Zone:
    zone = session.scalar(select(Zone).where(Zone.code == code, Zone.closed_at.is_(None)))
    if zone is None or zone.site_id != plan.site_id:
        raise RefusedError("zone", Sentence("There is no zone %(zone)s at this site.", {"zone": code}))
    return zone


def _site_of(session: Session, checkpoint: Checkpoint) -> int:
    return session.get_one(Zone, checkpoint.to_zone_id).site_id


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


def _said(plan: FloorPlan) -> dict[str, Any]:
    return {"plan": plan.id, "floor": plan.floor, "sha256": plan.sha256}


def _note(
    session: Session,
    kind: str,
    code: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: Actor,
    at: datetime,
) -> None:
    session.add(
        SiteChange(
            at=at,
            by=actor.login[:64],
            kind=kind,
            code=code,
            before=before,
            after=after,
            reason="",
            together=f"{kind}-{code}"[:32],
        )
    )
    session.flush()
    verb = "add" if before is None else "remove" if after is None else "change"
    write_down(session, at=at, actor=actor, act=f"site.{kind}.{verb}", subject=code)
