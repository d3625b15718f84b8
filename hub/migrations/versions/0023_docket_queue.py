"""Whom the docket has to look at again, written by the database itself in the transaction of the change."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from hub.database import BIG

revision = "0023_docket_queue"
down_revision = "0022_holiday_signatures"
branch_labels = None
depends_on = None

_OF_CASE: Final = "SELECT {side} FROM merge_cases WHERE id = NEW.case_id"
_CHANGED: Final = {
    "facts": "SELECT NEW.person_id",
    "person_changes": "SELECT NEW.person_id",
    "reckonings": "SELECT person_id FROM bookings WHERE id = NEW.booking_id",
    "reckoning_signatures": (
        "SELECT b.person_id FROM bookings b JOIN reckonings r ON r.booking_id = b.id WHERE r.id = NEW.reckoning_id"
    ),
    "merge_steps": f"{_OF_CASE.format(side='one_id')} UNION {_OF_CASE.format(side='other_id')}",
    # Nobody: that is everybody.
    "policy_decisions": "SELECT NULL",
    "holiday_decisions": "SELECT NULL",
    "docket_limits": "SELECT NULL",
}
"""Whose docket a new row of a table concerns."""
_BY_THOUSANDS: Final = ("facts", "person_changes")
"""Tables that are written in bulk: PostgreSQL does those once a statement."""


def upgrade() -> None:
    op.create_table(
        "docket_queue",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_docket_queue")),
        # A number that was taken away is not given out again: it may still be asked for by its reader.
        sqlite_autoincrement=True,
    )
    make = _postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite
    for table, whose in _CHANGED.items():
        make(table, whose)


def _sqlite(table: str, whose: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_docket AFTER INSERT ON {table} "
        f"BEGIN INSERT INTO docket_queue (person_id) {whose}; END"
    )


def _postgresql(table: str, whose: str) -> None:
    each = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT" if table in _BY_THOUSANDS else "FOR EACH ROW"
    if table in _BY_THOUSANDS:
        whose = "SELECT DISTINCT person_id FROM fresh"
    op.execute(
        f"CREATE FUNCTION {table}_docket() RETURNS trigger AS $$ "
        f"BEGIN INSERT INTO docket_queue (person_id) {whose}; RETURN NULL; END $$ LANGUAGE plpgsql"
    )
    op.execute(
        f"CREATE TRIGGER {table}_docket AFTER INSERT ON {table} {each} EXECUTE FUNCTION {table}_docket()"
    )


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in _CHANGED:
        op.execute(f"DROP TRIGGER {table}_docket" + (f" ON {table}" if on_postgresql else ""))
        if on_postgresql:
            op.execute(f"DROP FUNCTION {table}_docket()")
    op.drop_table("docket_queue")
