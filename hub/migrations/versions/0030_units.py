"""What officers' pages hold, shifts taken over, calls."""

from __future__ import annotations

revision = "0030_units"
down_revision = "0029_alarms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
