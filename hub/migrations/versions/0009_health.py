"""Health of terminals: more figures, and their history."""

from __future__ import annotations

revision = "0009_health"
down_revision = "0008_enrolment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
