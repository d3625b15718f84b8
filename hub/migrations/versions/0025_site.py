"""The site: sites, zones in zones, rooms, curfews, plans with shapes, and each change of any of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0025_site"
down_revision = "0024_order_sources"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_REFERRING = (
    ("zones", "site_id", "sites"),
    ("zones", "parent_id", "zones"),
)
_NUMBERS = (("zones", "working"), ("zones", "maximum"), ("checkpoints", "walk_s"))
_FLAGS = ("is_unit", "needs_pass", "is_locked_at_night")


def upgrade() -> None:
    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("code", name=op.f("uq_sites_code")),
    )
    op.execute("INSERT INTO sites (code, name, sort) VALUES ('main', 'Main site', 0)")
    _widen_zones()
    _make_curfews()
    _make_plans()
    _make_changes()


def _widen_zones() -> None:
    for table, column, target in _REFERRING:
        # As the database says it itself: rebuilding the table would need every table that points at it rebuilt.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_{table}_{column}_{target} REFERENCES {target} (id)"
        )
    op.execute("UPDATE zones SET site_id = (SELECT id FROM sites)")
    for table, column in _NUMBERS:
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    for column in _FLAGS:
        op.add_column("zones", sa.Column(column, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("zones", sa.Column("sort", sa.Integer(), server_default=sa.text("0"), nullable=False))
    for table in ("zones", "checkpoints"):
        op.add_column(table, sa.Column("closed_at", _AT, nullable=True))


def _make_curfews() -> None:
    op.create_table(
        "curfews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("closed_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_curfews_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curfews")),
        sa.UniqueConstraint("code", name=op.f("uq_curfews_code")),
    )


def _make_plans() -> None:
    op.create_table(
        "floor_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("floor", sa.String(length=40), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("drawing", sa.Text(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("shapes", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", _AT, nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("replaced_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_floor_plans_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_plans")),
    )
    op.create_index(
        "uq_floor_plans_current",
        "floor_plans",
        ["site_id", "floor"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "plan_shapes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(length=40), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("tied_at", _AT, nullable=False),
        sa.Column("untied_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["floor_plans.id"], name=op.f("fk_plan_shapes_plan_id_floor_plans")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_plan_shapes_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_shapes")),
    )
    op.create_table(
        "plan_spots",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("placed_at", _AT, nullable=False),
        sa.Column("removed_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoints.id"], name=op.f("fk_plan_spots_checkpoint_id_checkpoints")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["floor_plans.id"], name=op.f("fk_plan_spots_plan_id_floor_plans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_spots")),
    )
    for table, what, end in (
        ("plan_shapes", "zone_id", "untied_at"),
        ("plan_shapes", "shape", "untied_at"),
        ("plan_spots", "checkpoint_id", "removed_at"),
    ):
        op.create_index(
            f"uq_{table}_{what}",
            table,
            ["plan_id", what],
            unique=True,
            sqlite_where=sa.text(f"{end} IS NULL"),
            postgresql_where=sa.text(f"{end} IS NULL"),
        )


def _make_changes() -> None:
    op.create_table(
        "site_changes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("together", sa.String(length=32), nullable=False),
        sa.Column("undoes_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["site_changes.id"], name=op.f("fk_site_changes_undoes_id_site_changes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_site_changes_at", "site_changes", ["at"])
    op.create_index("ix_site_changes_kind_code", "site_changes", ["kind", "code"])
    for statement in guards("site_changes", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    for table in ("site_changes", "plan_spots", "plan_shapes", "floor_plans", "curfews"):
        op.drop_table(table)
    for table in ("zones", "checkpoints"):
        op.drop_column(table, "closed_at")
    for column in (*_FLAGS, "sort"):
        op.drop_column("zones", column)
    for table, column in (*_NUMBERS, *((table, column) for table, column, _ in reversed(_REFERRING))):
        op.drop_column(table, column)
    op.drop_table("sites")
