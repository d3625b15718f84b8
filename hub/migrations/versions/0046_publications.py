"""Publications of figures with their files and acts, and the threshold of disclosure control as dated data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0046_publications"
down_revision = "0045_census"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_TABLES = ("disclosure_rules", "publications", "publication_acts", "publication_files")


def upgrade() -> None:
    op.create_table(
        "disclosure_rules",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", _TIME, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_rules")),
    )
    op.create_table(
        "publications",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("period", sa.String(length=24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("known_at", _TIME, nullable=False),
        sa.Column("drafted_at", _TIME, nullable=False),
        sa.Column("drafted_by", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_period"), "publications", ["period"])
    op.create_table(
        "publication_acts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.id"],
            name=op.f("fk_publication_acts_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_acts")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_publication_acts_publication_id")),
    )
    op.create_table(
        "publication_files",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.id"],
            name=op.f("fk_publication_files_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_files")),
        sa.UniqueConstraint("publication_id", "name", name=op.f("uq_publication_files_publication_id_name")),
    )
    op.create_index(op.f("ix_publication_files_publication_id"), "publication_files", ["publication_id"])
    for table in _TABLES:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
