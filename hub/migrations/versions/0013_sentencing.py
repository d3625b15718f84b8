"""Policies of release, reckoned dates and their signatures."""

from __future__ import annotations

revision = "0013_sentencing"
down_revision = "0012_audit_chain"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
