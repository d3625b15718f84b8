"""Since which day what is said of a cell is so; None in rows that say it from when they were recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047_cells_since"
down_revision = "0046_publications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cell_terms", sa.Column("effective_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("cell_terms", "effective_on")
