"""Second factors, recovery codes, break-glass: what accounts need besides a password."""

from __future__ import annotations

revision = "0011_accounts_in_full"
down_revision = "0010_facts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
