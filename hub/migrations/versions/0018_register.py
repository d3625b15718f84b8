"""Search, imports and batches from paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_register"
down_revision = "0017_reception"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _search()


def _search() -> None:
    op.create_table(
        "search_entries",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("in_custody", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_search_entries_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_search_entries")),
    )
    op.create_table(
        "search_postings",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("in_custody", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=1), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_search_postings_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("word", "in_custody", "person_id", "field", name=op.f("pk_search_postings")),
    )
    op.create_index("ix_search_postings_person_id_word", "search_postings", ["person_id", "word"])
    op.create_table(
        "search_keys",
        sa.Column("sort", sa.String(length=1), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("sort", "key", "word", name=op.f("pk_search_keys")),
    )


def downgrade() -> None:
    raise RuntimeError("A register that was brought in is not thrown away: restore a backup instead.")
