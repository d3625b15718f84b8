"""What officers' pages hold, shifts taken over there, and the second officer of an attestation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG, UtcDateTime

revision = "0030_units"
down_revision = "0029_alarms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_shifts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("from_officer", sa.String(64)),
        sa.Column("roll_seen", sa.Integer(), nullable=False),
        sa.Column("roll_known", sa.Integer()),
        sa.Column("remarks", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("terminal", sa.String(40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_shifts")),
        sa.UniqueConstraint(
            "terminal", "journal_id", "sequence", name=op.f("uq_unit_shifts_terminal_journal_id_sequence")
        ),
    )
    op.create_index("ix_unit_shifts_unit_at", "unit_shifts", ["unit", "at"])
    op.create_table(
        "unit_holdings",
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_unit_holdings_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_unit_holdings")),
    )
    op.add_column("attestations", sa.Column("second", sa.String(64)))
    for statement in guards("unit_shifts", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_column("attestations", "second")
    op.drop_table("unit_holdings")
    op.drop_table("unit_shifts")
