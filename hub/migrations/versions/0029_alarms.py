"""Alarms as rows with steps."""

from __future__ import annotations

revision = "0029_alarms"
down_revision = "0028_gate_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
