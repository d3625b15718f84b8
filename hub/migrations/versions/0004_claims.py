"""Provisioning: claims, replacements, the model of a terminal."""

from __future__ import annotations

revision = "0004_claims"
down_revision = "0003_movements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
