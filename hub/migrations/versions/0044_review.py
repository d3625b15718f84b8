"""The yearly review: what was derived, what was done about it, and what was sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0044_review"
down_revision = "0043_inbound_bodies"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("reference_on", sa.Date(), nullable=False),
        sa.Column("known_at", _TIME, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("year", "revision", "take", name=op.f("uq_reviews_year_revision_take")),
    )
    op.create_table(
        "review_acts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("review_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        _of_review("review_acts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_acts")),
    )
    op.create_index(op.f("ix_review_acts_review_id"), "review_acts", ["review_id"])
    op.create_table(
        "review_seals",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("review_id", BIG, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", _TIME, nullable=False),
        _of_review("review_seals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_seals")),
        sa.UniqueConstraint("review_id", name=op.f("uq_review_seals_review_id")),
        sa.UniqueConstraint("year", "revision", name=op.f("uq_review_seals_year_revision")),
    )
    for table in ("reviews", "review_acts", "review_seals"):
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def _of_review(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f(f"fk_{table}_review_id_reviews"))


def downgrade() -> None:
    for table in ("review_seals", "review_acts", "reviews"):
        op.drop_table(table)
