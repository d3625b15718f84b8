"""Terminals: their grants, their last state, and each change of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards

revision = "0002_terminals"
down_revision = "0001_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_terminals()
    _make_states()
    for statement in guards("terminal_state_changes", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    for table in ("terminal_state_changes", "terminal_states", "terminals"):
        op.drop_table(table)


def _make_terminals() -> None:
    op.create_table(
        "terminals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("checkpoint_code", sa.String(length=64), nullable=False),
        sa.Column("verifying_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("certificate_until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("cut_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cut_off_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("status IN ('ACTIVE', 'CUT_OFF')", name=op.f("ck_terminals_status")),
        sa.CheckConstraint(
            "(status = 'CUT_OFF') = (cut_off_at IS NOT NULL)", name=op.f("ck_terminals_cut_off")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminals")),
        sa.UniqueConstraint("name", name=op.f("uq_terminals_name")),
    )


def _make_states() -> None:
    op.create_table(
        "terminal_states",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.BigInteger(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("software", sa.String(length=40), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        sa.Column("roll_epoch", sa.BigInteger(), nullable=False),
        sa.Column("roll_counter", sa.BigInteger(), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("journal_last", sa.BigInteger(), nullable=True),
        sa.Column("journal_last_link", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sensor", sa.String(length=40), nullable=True),
        sa.Column("clock", sa.String(length=16), nullable=True),
        sa.Column("queue_depth", sa.BigInteger(), nullable=True),
        sa.Column("disk_free_mb", sa.BigInteger(), nullable=True),
        sa.Column("roll_age_s", sa.BigInteger(), nullable=True),
        sa.Column("refused_from_hub", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_terminal_states_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_terminal_states")),
    )
    op.create_table(
        "terminal_state_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.BigInteger(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("sensor", sa.String(length=40), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_terminal_state_changes_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_state_changes")),
    )
    op.create_index(op.f("ix_terminal_state_changes_terminal_id"), "terminal_state_changes", ["terminal_id"])
