"""Tables of plans, curfews, and what was changed of a site. Zones and checkpoints stand in `hub.movements.records`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

import hub.movements.records  # noqa: F401 - whose sites, zones and checkpoints these tables point at
from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class CurfewRow(Base):
    """Nobody enters `zones` (codes) without a pass between two minutes of the day at the site (0 to 1439).

    A window over midnight ends at a lower minute than it begins. `weekdays` holds the digits of the days on which it
    begins, 0 for Monday. `closed_at` ended it.
    """

    __tablename__ = "curfews"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    zones: Mapped[list[str]] = mapped_column(JSON)
    from_minute: Mapped[int]
    until_minute: Mapped[int]
    weekdays: Mapped[str] = mapped_column(String(7))
    closed_at: Mapped[datetime | None]


class FloorPlan(Base):
    """A drawing of one floor of a site, cleaned: 1200 units wide and `height` high, to be set into an `<svg>`.

    `shapes` are those that can be a zone: key -> [name, x, y, width, height, and the same four of the rectangle inside
    that words fit into]. A newer drawing of the floor replaces
    it; nothing of it changes.
    """

    __tablename__ = "floor_plans"
    __table_args__ = (
        Index(
            "uq_floor_plans_current",
            "site_id",
            "floor",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    floor: Mapped[str] = mapped_column(String(40))
    sort: Mapped[int] = mapped_column(default=0)
    drawing: Mapped[str] = mapped_column(Text)
    height: Mapped[int]
    shapes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(64))
    replaced_at: Mapped[datetime | None]


class PlanShape(Base):
    """A shape of a drawing is a zone, from `tied_at` until `untied_at`."""

    __tablename__ = "plan_shapes"
    __table_args__ = tuple(
        Index(
            f"uq_plan_shapes_{column}",
            "plan_id",
            column,
            unique=True,
            sqlite_where=text("untied_at IS NULL"),
            postgresql_where=text("untied_at IS NULL"),
        )
        for column in ("zone_id", "shape")
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("floor_plans.id"))
    shape: Mapped[str] = mapped_column(String(40))
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    tied_at: Mapped[datetime]
    untied_at: Mapped[datetime | None]


class PlanSpot(Base):
    """A checkpoint stands at a point of a drawing, in units of the plan, from `placed_at` until `removed_at`."""

    __tablename__ = "plan_spots"
    __table_args__ = (
        Index(
            "uq_plan_spots_checkpoint_id",
            "plan_id",
            "checkpoint_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("floor_plans.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    x: Mapped[int]
    y: Mapped[int]
    placed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class SiteChange(Base):
    """One change of a site, zone, checkpoint, curfew or plan: what stood `before` and `after`, in codes. Append-only.

    Changes made in one act have the same `together`. `undoes_id` is the change that this one takes back.
    """

    __tablename__ = "site_changes"
    __table_args__ = (
        Index("ix_site_changes_at", "at"),
        Index("ix_site_changes_kind_code", "kind", "code"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(String(300))
    together: Mapped[str] = mapped_column(String(32))
    undoes_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("site_changes.id"))


protect(cast(Table, SiteChange.__table__))
