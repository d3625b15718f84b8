"""The site: sites, plans, shapes."""

from __future__ import annotations

revision = "0025_site"
down_revision = "0024_order_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
