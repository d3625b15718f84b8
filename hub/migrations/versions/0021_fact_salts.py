"""A secret of its own for every fact: without it the digest in the trail says nothing about what was recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_fact_salts"
down_revision = "0020_exports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("facts", sa.Column("salt", sa.String(length=32), nullable=True))


def downgrade() -> None:
    raise RuntimeError("The trail would lose what its digests stand for: restore a backup instead.")
