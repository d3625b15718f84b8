"""Headcounts, slips, marks, out-counts."""

from __future__ import annotations

revision = "0031_headcounts"
down_revision = "0030_units"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
