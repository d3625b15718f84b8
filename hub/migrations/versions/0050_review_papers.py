"""A review is made beside the pages, with its progress; a frozen one keeps the papers as they were handed out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0050_review_papers"
down_revision = "0049_officers_words"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "review_makings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("runner", sa.String(length=32), nullable=False),
        sa.Column("beat_at", _TIME, nullable=True),
        sa.Column("review_id", BIG, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        _of_review("review_makings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_makings")),
    )
    op.create_index(
        "uq_review_makings_open",
        "review_makings",
        ["year"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "review_papers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("review_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        _of_review("review_papers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_papers")),
        sa.UniqueConstraint(
            "review_id", "language", "kind", name=op.f("uq_review_papers_review_id_language_kind")
        ),
    )
    op.create_index(op.f("ix_review_papers_review_id"), "review_papers", ["review_id"])
    for statement in guards("review_papers", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _of_review(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f(f"fk_{table}_review_id_reviews"))


def downgrade() -> None:
    for table in ("review_papers", "review_makings"):
        op.drop_table(table)
