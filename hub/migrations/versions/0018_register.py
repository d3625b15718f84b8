"""Search, imports and batches from paper."""

from __future__ import annotations

revision = "0018_register"
down_revision = "0017_reception"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
