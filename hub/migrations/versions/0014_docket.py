"""Findings of the liberty docket and the court diary."""

from __future__ import annotations

revision = "0014_docket"
down_revision = "0013_sentencing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
