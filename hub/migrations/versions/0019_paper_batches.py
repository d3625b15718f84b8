"""Batches from paper: what was done while all was dark."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0019_paper_batches"
down_revision = "0018_register"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_KEPT = ("paper_rows", "movement_reversals", "positions_before")


def upgrade() -> None:
    _batches()
    _movements()
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(statement)


def _batches() -> None:
    op.create_table(
        "paper_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("dark_from_at", _AT, nullable=False),
        sa.Column("dark_until_at", _AT, nullable=False),
        sa.Column("paper", sa.String(length=80), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", _AT, nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("signed_at", _AT, nullable=True),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", _AT, nullable=True),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("undone_at", _AT, nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=False),
        sa.Column("undo_reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batches")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_batches_key")),
    )
    op.create_index(op.f("ix_paper_batches_state"), "paper_batches", ["state"])
    op.create_table(
        "paper_rows",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("occurred_at", _AT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["paper_batches.id"], name=op.f("fk_paper_rows_batch_id_paper_batches")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_paper_rows_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_paper_rows_booking_id_bookings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_rows")),
        sa.UniqueConstraint("batch_id", "line", name=op.f("uq_paper_rows_batch_id_line")),
    )
    op.create_index(op.f("ix_paper_rows_kind"), "paper_rows", ["kind"])
    op.create_index(op.f("ix_paper_rows_person_id"), "paper_rows", ["person_id"])


def _movements() -> None:
    op.create_table(
        "movement_reversals",
        sa.Column("movement_id", BIG, autoincrement=False, nullable=False),
        sa.Column("reversed_at", _AT, nullable=False),
        sa.Column("reversed_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["movements.id"], name=op.f("fk_movement_reversals_movement_id_movements")
        ),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_movement_reversals")),
    )
    op.create_table(
        "positions_before",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("batch", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("proven_at", _AT, nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_positions_before_person_id_persons")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_positions_before_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions_before")),
        sa.UniqueConstraint("batch", "person_id", name=op.f("uq_positions_before_batch_person_id")),
    )


def downgrade() -> None:
    raise RuntimeError("What was entered from paper is not thrown away: restore a backup instead.")
