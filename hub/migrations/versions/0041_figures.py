"""Daily rolls in figures, sealed one onto the other, and figures that are entered with their source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0041_figures"
down_revision = "0040_inbox"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "roll_snapshots",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known_at", _TIME, nullable=False),
        sa.Column("taken_at", _TIME, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_snapshots")),
        sa.UniqueConstraint("day", name=op.f("uq_roll_snapshots_day")),
    )
    op.create_table(
        "entered_figures",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", _TIME, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entered_figures")),
    )
    op.create_index(op.f("ix_entered_figures_name"), "entered_figures", ["name"])
    for table in ("roll_snapshots", "entered_figures"):
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    for table in ("entered_figures", "roll_snapshots"):
        op.drop_table(table)
