"""An order's reference is found at once, however many orders there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_order_sources"
down_revision = "0023_docket_queue"
branch_labels = None
depends_on = None

_ORDERS = sa.text("kind = 'order'")


def upgrade() -> None:
    op.create_index(
        "ix_facts_order_source", "facts", ["source"], sqlite_where=_ORDERS, postgresql_where=_ORDERS
    )


def downgrade() -> None:
    op.drop_index("ix_facts_order_source", "facts")
