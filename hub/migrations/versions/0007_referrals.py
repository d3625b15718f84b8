"""Referrals, attestations, re-enrolment tasks, posts, standing procedures, photos."""

from __future__ import annotations

revision = "0007_referrals"
down_revision = "0006_configuration"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
