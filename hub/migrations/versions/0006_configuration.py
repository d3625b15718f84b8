"""Desired configuration, its roll-out, and orders."""

from __future__ import annotations

revision = "0006_configuration"
down_revision = "0005_protection"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
