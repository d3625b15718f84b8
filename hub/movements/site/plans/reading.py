"""Plans as they are, or were at a time. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.movements.records import Checkpoint, Zone
from hub.movements.site.records import FloorPlan, PlanShape, PlanSpot


@dataclass(frozen=True)
class Tied:
    """A shape of a plan, in units of the plan; `zone` is the code of the zone that it is, None when of none.

    `inner` is the rectangle in it (x, y, width, height) that words fit into.
    """

    key: str
    name: str
    x: int
    y: int
    width: int
    height: int
    inner: tuple[int, int, int, int]
    zone: str | None


@dataclass(frozen=True)
class PlanView:
    """A floor's drawing, 1200 units wide, with its shapes and the points of its checkpoints by code."""

    id: int
    site_id: int
    floor: str
    height: int
    drawing: str
    shapes: Sequence[Tied]
    spots: Mapping[str, tuple[int, int]]

    @property
    def zones(self) -> dict[str, Tied]:
        """Shapes that are a zone, by its code."""
        return {shape.zone: shape for shape in self.shapes if shape.zone is not None}


def plans(session: Session, site_id: int, at: datetime | None = None) -> list[PlanView]:
    """The floors of a site in order, as they are or as they were at `at`; empty where nobody handed one in."""
    found = session.scalars(
        select(FloorPlan)
        .where(FloorPlan.site_id == site_id, _held(FloorPlan.added_at, FloorPlan.replaced_at, at))
        .order_by(FloorPlan.sort, FloorPlan.id)
    )
    return [_view(session, plan, at) for plan in found]


def plan(session: Session, plan_id: int) -> PlanView | None:
    """One plan as it is; None when there is none, or it was replaced."""
    found = session.get(FloorPlan, plan_id)
    return None if found is None or found.replaced_at is not None else _view(session, found, None)


def drawn(drawing: str) -> Markup:
    """A drawing as a page takes it in: each part of it was written by `cleaning`, from numbers and escaped words."""
    return Markup(drawing)  # noqa: S704 - nothing of the file that was handed in is in it


def _view(session: Session, found: FloorPlan, at: datetime | None) -> PlanView:
    ties = session.execute(
        select(PlanShape.shape, Zone.code)
        .join(Zone, Zone.id == PlanShape.zone_id)
        .where(PlanShape.plan_id == found.id, _held(PlanShape.tied_at, PlanShape.untied_at, at))
    )
    zones = {row.shape: row.code for row in ties}
    spots = session.execute(
        select(Checkpoint.code, PlanSpot.x, PlanSpot.y)
        .join(PlanSpot, PlanSpot.checkpoint_id == Checkpoint.id)
        .where(PlanSpot.plan_id == found.id, _held(PlanSpot.placed_at, PlanSpot.removed_at, at))
    )
    return PlanView(
        found.id,
        found.site_id,
        found.floor,
        found.height,
        found.drawing,
        [_tied(key, shape, zones.get(key)) for key, shape in found.shapes.items()],
        {code: (x, y) for code, x, y in spots},
    )


def _tied(key: str, shape: Sequence[Any], zone: str | None) -> Tied:
    name, x, y, width, height, *inner = shape
    left, top, wide, high = inner
    return Tied(key, name, x, y, width, height, (left, top, wide, high), zone)


def _held(
    since: InstrumentedAttribute[datetime], until: InstrumentedAttribute[datetime | None], at: datetime | None
) -> ColumnElement[bool]:
    return until.is_(None) if at is None else (since <= at) & (until.is_(None) | (until > at))
