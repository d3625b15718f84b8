"""Documents and what else a file holds outside of facts."""

from __future__ import annotations

revision = "0015_documents"
down_revision = "0014_docket"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
