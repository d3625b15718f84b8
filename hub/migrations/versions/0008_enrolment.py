"""Guided enrolment at a desk."""

from __future__ import annotations

revision = "0008_enrolment"
down_revision = "0007_referrals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
