"""Desired configuration, its roll-out, and orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards

revision = "0006_configuration"
down_revision = "0005_protection"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = (
    "rollouts",
    "rollout_members",
    "rollout_acts",
    "desired_configurations",
    "configuration_events",
    "site_orders",
    "site_order_scopes",
    "site_order_steps",
)
_TABLES = (
    "site_order_steps",
    "site_order_scopes",
    "site_orders",
    "configuration_events",
    "configuration_reports",
    "desired_configurations",
    "rollout_acts",
    "rollout_members",
    "rollouts",
)
"""In the order they can be dropped."""


def upgrade() -> None:
    """Adds the tables; what they hold begins empty."""
    _make_rollouts()
    _make_desired()
    _make_reports()
    _make_orders()
    for table in _APPEND_ONLY:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Takes the tables away."""
    for table in _TABLES:
        op.drop_table(table)


def _make_rollouts() -> None:
    op.create_table(
        "rollouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("soak_s", sa.Integer(), nullable=False),
        sa.Column("probation_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollouts")),
    )
    op.create_table(
        "rollout_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rollout_id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        _refers("rollout_members", "rollout_id", "rollouts"),
        _refers("rollout_members", "terminal_id", "terminals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout_members")),
        sa.UniqueConstraint(
            "rollout_id", "terminal_id", name=op.f("uq_rollout_members_rollout_id_terminal_id")
        ),
    )
    op.create_index(op.f("ix_rollout_members_rollout_id"), "rollout_members", ["rollout_id"])
    op.create_table(
        "rollout_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rollout_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "act IN ('STAGE', 'STOPPED', 'WENT_ON', 'TAKEN_BACK', 'FINISHED')",
            name=op.f("ck_rollout_acts_act"),
        ),
        _refers("rollout_acts", "rollout_id", "rollouts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout_acts")),
    )
    op.create_index(op.f("ix_rollout_acts_rollout_id"), "rollout_acts", ["rollout_id"])


def _make_desired() -> None:
    op.create_table(
        "desired_configurations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("probation_s", sa.Integer(), nullable=False),
        sa.Column("rollout_id", sa.Integer(), nullable=True),
        _refers("desired_configurations", "terminal_id", "terminals"),
        _refers("desired_configurations", "rollout_id", "rollouts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desired_configurations")),
        sa.UniqueConstraint(
            "terminal_id", "counter", name=op.f("uq_desired_configurations_terminal_id_counter")
        ),
    )
    op.create_index(op.f("ix_desired_configurations_rollout_id"), "desired_configurations", ["rollout_id"])


def _make_reports() -> None:
    op.create_table(
        "configuration_reports",
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=True),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_trial", sa.Boolean(), nullable=False),
        sa.Column("refused_epoch", sa.BigInteger(), nullable=True),
        sa.Column("refused_counter", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("orders_epoch", sa.BigInteger(), nullable=True),
        sa.Column("orders_counter", sa.BigInteger(), nullable=True),
        _refers("configuration_reports", "terminal_id", "terminals"),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_configuration_reports")),
    )
    op.create_table(
        "configuration_events",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _refers("configuration_events", "terminal_id", "terminals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration_events")),
    )
    op.create_index(op.f("ix_configuration_events_terminal_id"), "configuration_events", ["terminal_id"])


def _make_orders() -> None:
    op.create_table(
        "site_orders",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("whole_site", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_number", sa.String(length=32), nullable=True),
        sa.Column("referral_terminal", sa.String(length=40), nullable=True),
        sa.Column("referral_journal", sa.LargeBinary(length=16), nullable=True),
        sa.Column("referral_sequence", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('LOCKDOWN', 'EVACUATE', 'LET_THROUGH')", name=op.f("ck_site_orders_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'LET_THROUGH') = (until_at IS NOT NULL AND person_number IS NOT NULL)",
            name=op.f("ck_site_orders_let_through"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_orders")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "site_order_scopes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("order_id", _BIG, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.CheckConstraint("what IN ('zone', 'terminal')", name=op.f("ck_site_order_scopes_what")),
        _refers("site_order_scopes", "order_id", "site_orders"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_order_scopes")),
        sa.UniqueConstraint("order_id", "what", "code", name=op.f("uq_site_order_scopes_order_id_what_code")),
    )
    op.create_index("ix_site_order_scopes_what_code", "site_order_scopes", ["what", "code"])
    op.create_table(
        "site_order_steps",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("order_id", _BIG, nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("step IN ('GIVEN', 'ENDED')", name=op.f("ck_site_order_steps_step")),
        _refers("site_order_steps", "order_id", "site_orders"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_order_steps")),
        sa.UniqueConstraint("order_id", "step", name=op.f("uq_site_order_steps_order_id_step")),
        sqlite_autoincrement=True,
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
