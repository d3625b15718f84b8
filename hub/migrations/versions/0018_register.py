"""Search, imports and batches from paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.database import BIG

revision = "0018_register"
down_revision = "0017_reception"
branch_labels = None
depends_on = None


_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _search()
    _imports()


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


def _imports() -> None:
    op.create_table(
        "register_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("saved_at", _AT, nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_mappings")),
        sa.UniqueConstraint("name", name=op.f("uq_register_mappings_name")),
    )
    op.create_table(
        "register_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", _AT, nullable=False),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", _AT, nullable=True),
        sa.Column("finished_at", _AT, nullable=True),
        sa.Column("undone_at", _AT, nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.Column("undo_reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_imports")),
    )
    op.create_table(
        "register_rows",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("judged", sa.String(length=12), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("twin_why", sa.String(length=16), nullable=False),
        sa.Column("twin_id", sa.Integer(), nullable=True),
        sa.Column("twin_line", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["register_imports.id"], name=op.f("fk_register_rows_import_id_register_imports")
        ),
        sa.ForeignKeyConstraint(["twin_id"], ["persons.id"], name=op.f("fk_register_rows_twin_id_persons")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_register_rows_person_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_register_rows_booking_id_bookings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_rows")),
        sa.UniqueConstraint("import_id", "line", name=op.f("uq_register_rows_import_id_line")),
    )
    op.create_index("ix_register_rows_person_id", "register_rows", ["person_id"])


def downgrade() -> None:
    raise RuntimeError("A register that was brought in is not thrown away: restore a backup instead.")
