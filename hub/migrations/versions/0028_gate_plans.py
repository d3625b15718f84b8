"""What gates decide moves by."""

from __future__ import annotations

revision = "0028_gate_plans"
down_revision = "0027_passes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
