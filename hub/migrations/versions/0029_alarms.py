"""Alarms as rows with steps; orders say who asked for them, and terminals when they confirmed them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG, UtcDateTime

revision = "0029_alarms"
down_revision = "0028_gate_plans"
branch_labels = None
depends_on = None

_KEPT = ("alarm_steps", "alarm_limits", "alarm_trials", "order_receipts")
_OPEN = sa.text("closed_at IS NULL")
_CARRIED = timedelta(days=30)
"""Alarms that nobody closed in this time were shown to nobody any more."""


def upgrade() -> None:
    _alarms()
    _steps()
    _orders()
    _carry_over()
    op.drop_table("alarm_handlings")
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_column("site_orders", "asked_by")
    for table in ("order_receipts", "alarm_trials", "alarm_limits", "alarm_steps", "alarms"):
        op.drop_table(table)
    op.create_table(
        "alarm_handlings",
        sa.Column("feed_item_id", BIG, autoincrement=False, nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.String(64), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("note", sa.String(200)),
        sa.ForeignKeyConstraint(
            ["feed_item_id"], ["feed_items.id"], name=op.f("fk_alarm_handlings_feed_item_id_feed_items")
        ),
        sa.PrimaryKeyConstraint("feed_item_id", name=op.f("pk_alarm_handlings")),
    )


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer()),
        sa.Column("checkpoint", sa.String(64)),
        sa.Column("terminal", sa.String(40)),
        sa.Column("person_id", sa.Integer()),
        sa.Column("words", sa.String()),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("feed_item_id", BIG, nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime()),
        sa.Column("acknowledged_by", sa.String(64)),
        sa.Column("assigned_to", sa.String(64)),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("escalated_at", UtcDateTime()),
        sa.Column("over_at", UtcDateTime()),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("close_reason", sa.String(24)),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_alarms_zone_id_zones")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_alarms_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["feed_item_id"], ["feed_items.id"], name=op.f("fk_alarms_feed_item_id_feed_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(
        "uq_alarms_open", "alarms", ["code", "key"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_alarms_raised_at", "alarms", ["raised_at"])
    for column in ("person_id", "feed_item_id", "closed_at"):
        op.create_index(op.f(f"ix_alarms_{column}"), "alarms", [column])


def _steps() -> None:
    op.create_table(
        "alarm_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("alarm_id", BIG, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64)),
        sa.Column("to", sa.String(64)),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_steps_alarm_id_alarms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_steps")),
    )
    op.create_index(op.f("ix_alarm_steps_alarm_id"), "alarm_steps", ["alarm_id"])
    op.create_table(
        "alarm_limits",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_limits")),
    )
    op.create_index(op.f("ix_alarm_limits_from_at"), "alarm_limits", ["from_at"])
    op.create_table(
        "alarm_trials",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("shift_at", UtcDateTime(), nullable=False),
        sa.Column("alarm_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_trials_alarm_id_alarms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_trials")),
        sa.UniqueConstraint("shift_at", name=op.f("uq_alarm_trials_shift_at")),
    )


def _orders() -> None:
    op.add_column("site_orders", sa.Column("asked_by", sa.String(80)))
    op.create_table(
        "order_receipts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_order_receipts_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_receipts")),
        sa.UniqueConstraint(
            "terminal_id", "epoch", "counter", name=op.f("uq_order_receipts_terminal_id_epoch_counter")
        ),
    )


def _carry_over() -> None:
    """Alarms of the feed that nobody closed become open rows, one for each kind and terminal, as they were shown."""
    bind = op.get_bind()
    items = sa.table(
        "feed_items",
        *(sa.column("id"), sa.column("kind")),
        *(sa.column("at", UtcDateTime()), sa.column("payload", sa.JSON())),
    )
    handled = sa.table(
        "alarm_handlings",
        sa.column("feed_item_id"),
        sa.column("taken_at", UtcDateTime()),
        sa.column("taken_by"),
        sa.column("closed_at", UtcDateTime()),
    )
    rows = bind.execute(
        sa.select(items.c.id, items.c.at, items.c.payload, handled.c.taken_at, handled.c.taken_by)
        .select_from(items.outerjoin(handled, handled.c.feed_item_id == items.c.id))
        .where(items.c.kind == "alarm", handled.c.closed_at.is_(None))
        .where(items.c.at > datetime.now(UTC) - _CARRIED)
        .order_by(items.c.id)
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for number, at, told, taken_at, taken_by in rows:
        code, terminal = str(told.get("what", "alarm"))[:40], told.get("terminal")
        if code == "referral_unanswered":
            continue
        alarm = found.setdefault((code, str(terminal or "")), {"raised_at": at, "asked_at": at, "count": 0})
        alarm |= {"terminal": terminal, "evidence": told, "feed_item_id": number, "last_at": at}
        alarm["count"] += 1
        if taken_by:
            alarm |= {"acknowledged_at": taken_at, "acknowledged_by": taken_by, "assigned_to": taken_by}
    for (code, key), alarm in found.items():
        _insert(bind, code, key, alarm)


def _insert(bind: sa.Connection, code: str, key: str, alarm: dict[str, Any]) -> None:
    names = ("raised_at", "last_at", "asked_at", "acknowledged_at")
    table = sa.table(
        "alarms",
        *(sa.column(name, UtcDateTime()) for name in names),
        sa.column("evidence", sa.JSON()),
        *(sa.column(name) for name in ("id", "code", "key", "rank", "terminal", "feed_item_id", "count")),
        *(sa.column(name) for name in ("acknowledged_by", "assigned_to", "escalation")),
    )
    number = bind.execute(
        sa.insert(table).values(code=code, key=key, rank=3, escalation=0, **alarm).returning(table.c.id)
    ).scalar_one()
    steps = sa.table(
        "alarm_steps",
        *(sa.column(name) for name in ("alarm_id", "step", "note")),
        sa.column("at", UtcDateTime()),
        sa.column("evidence", sa.JSON()),
    )
    bind.execute(
        sa.insert(steps).values(alarm_id=number, step="RAISED", note="", at=alarm["raised_at"], evidence={})
    )
