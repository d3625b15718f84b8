"""Passes, series, groups, absences and convoys."""

from __future__ import annotations

revision = "0027_passes"
down_revision = "0026_whereabouts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
