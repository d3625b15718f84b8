"""Bundles made for courts."""

from __future__ import annotations

revision = "0032_replays"
down_revision = "0031_headcounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
