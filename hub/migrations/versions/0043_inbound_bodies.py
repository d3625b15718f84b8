"""What an agency's message says stands apart from that it came: of somebody who never came it is deleted in time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0043_inbound_bodies"
down_revision = "0042_forensic"
branch_labels = None
depends_on = None

_OWNER = "(SELECT i.person_id FROM inbox_items i WHERE i.id = OLD.id)"
_OF_NOBODY = (
    "EXISTS (SELECT 1 FROM inbox_items i WHERE i.id = OLD.id "
    "AND i.person_id IS NULL AND i.cleared_at IS NOT NULL)"
)


def upgrade() -> None:
    op.add_column("inbox_items", sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "inbound_bodies",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_bodies")),
    )
    op.execute(
        sa.text("INSERT INTO inbound_bodies (id, body, sent) SELECT id, body, NULL FROM inbound_messages")
    )
    op.execute(sa.text("ALTER TABLE inbound_messages DROP COLUMN body"))
    for statement in guards("inbound_bodies", op.get_bind().dialect.name, "facts", _OWNER, _OF_NOBODY):
        op.execute(sa.text(statement))

    # The row that senders of requests by finger wait at: the first two, at once, would both want to make it.
    op.execute(
        sa.text(
            "INSERT INTO counters (series, last) SELECT 'forensic', 0 "
            "WHERE NOT EXISTS (SELECT 1 FROM counters WHERE series = 'forensic')"
        )
    )


def downgrade() -> None:
    """Takes the table away, where nothing has come in: what is deleted does not come back."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM inbound_messages")):
        raise RuntimeError("Agencies have sent messages: they are not thrown away. Restore a backup instead.")
    op.execute(sa.text("DELETE FROM counters WHERE series = 'forensic' AND last = 0"))
    op.drop_table("inbound_bodies")
    op.add_column("inbound_messages", sa.Column("body", sa.Text(), nullable=False, server_default=""))
    op.drop_column("inbox_items", "cleared_at")
