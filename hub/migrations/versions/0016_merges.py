"""Two files joined and parted, and queries from people in custody."""

from __future__ import annotations

revision = "0016_merges"
down_revision = "0015_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
