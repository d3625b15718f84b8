"""Proofs of places, doubts, and how long each holds."""

from __future__ import annotations

revision = "0026_whereabouts"
down_revision = "0025_site"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
