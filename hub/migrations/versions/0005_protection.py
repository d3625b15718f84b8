"""Protection of terminals at rest, renewals, thefts and re-keying."""

from __future__ import annotations

revision = "0005_protection"
down_revision = "0004_claims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
