"""The audit trail as a chain; backups and retention."""

from __future__ import annotations

revision = "0012_audit_chain"
down_revision = "0011_accounts_in_full"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
