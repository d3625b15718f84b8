"""Health of terminals: everything they last said, samples of it over time, and bounds of their boots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_health"
down_revision = "0008_enrolment"
branch_labels = None
depends_on = None

_OF_BOOTS = (
    ("began_after_at", sa.DateTime(timezone=True)),
    ("echo_number", sa.BigInteger()),
    ("echoed_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for name, kind in _OF_BOOTS:
        op.add_column("boots", sa.Column(name, kind, nullable=True))
    op.create_table(
        "terminal_reports",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_terminal_reports_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_terminal_reports")),
    )
    _make_samples()


def downgrade() -> None:
    op.drop_table("terminal_samples")
    op.drop_table("terminal_reports")
    for name, _ in reversed(_OF_BOOTS):
        op.drop_column("boots", name)


def _make_samples() -> None:
    op.create_table(
        "terminal_samples",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("sensor", sa.String(length=40), nullable=False),
        sa.Column("clock", sa.String(length=16), nullable=False),
        sa.Column("alarms", sa.String(length=900), nullable=False),
        sa.Column("queue_depth", sa.BigInteger(), nullable=True),
        sa.Column("disk_free_mb", sa.BigInteger(), nullable=True),
        sa.Column("temperature_c", sa.Double(), nullable=True),
        sa.Column("echo_ms", sa.Double(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("sensor_errors", sa.BigInteger(), nullable=True),
        sa.Column("restarts", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_terminal_samples_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_samples")),
    )
    op.create_index(op.f("ix_terminal_samples_terminal_id_at"), "terminal_samples", ["terminal_id", "at"])
