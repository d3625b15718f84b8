"""Scans of papers, and photos by angle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards

revision = "0015_documents"
down_revision = "0014_docket"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("see", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_documents_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("person_id", "sha256", "see", name=op.f("uq_documents_person_id_sha256_see")),
    )
    op.add_column("photos", sa.Column("angle", sa.String(length=8), server_default="front", nullable=False))
    op.add_column("photos", sa.Column("mark", sa.Integer(), nullable=True))
    for statement in guards("documents", op.get_bind().dialect.name, door="documents"):
        op.execute(sa.text(statement))


def downgrade() -> None:
    raise RuntimeError("Documents are not thrown away: restore a backup instead.")
