"""Cells, admissions under way and releases."""

from __future__ import annotations

revision = "0017_reception"
down_revision = "0016_merges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
