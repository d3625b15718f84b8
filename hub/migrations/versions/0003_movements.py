"""Zones and movements, the roll's way to terminals, and the journals as they came.

Long, because it is one step: these tables refer to each other, and a hub has all of them or none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards

revision = "0003_movements"
down_revision = "0002_terminals"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("movements", "feed_items", "roll_epochs", "roll_receipts", "forks", "cut_tails")
_TABLES = (
    "boots",
    "aside_counts",
    "kept_aside",
    "quarantined",
    "cut_tails",
    "forks",
    "stored_entries",
    "journals",
    "roll_receipts",
    "roll_epochs",
    "feed_items",
    "positions",
    "movements",
    "zone_permissions",
    "checkpoints",
    "zones",
)
"""In the order they can be dropped."""


def upgrade() -> None:
    _make_site()
    _make_movements()
    _make_roll()
    _make_journals()
    _make_arrivals()
    _begin_first_epoch()
    for table in _APPEND_ONLY:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)


def _begin_first_epoch() -> None:
    op.execute(sa.text("INSERT INTO roll_epochs (epoch, since_at) VALUES (1, CURRENT_TIMESTAMP)"))


def _make_site() -> None:
    op.create_table(
        "zones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        sa.UniqueConstraint("code", name=op.f("uq_zones_code")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("from_zone_id", sa.Integer(), nullable=False),
        sa.Column("to_zone_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_zone_id"], ["zones.id"], name=op.f("fk_checkpoints_from_zone_id_zones")
        ),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_checkpoints_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint("code", name=op.f("uq_checkpoints_code")),
    )
    op.create_table(
        "zone_permissions",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("permitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_zone_permissions_person_id_persons")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_zone_permissions_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_permissions")),
    )
    op.create_index(
        "uq_zone_permissions_open",
        "zone_permissions",
        ["person_id", "zone_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _make_movements() -> None:
    op.create_table(
        "movements",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("from_zone_id", sa.Integer(), nullable=False),
        sa.Column("to_zone_id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["from_zone_id"], ["zones.id"], name=op.f("fk_movements_from_zone_id_zones")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_movements_person_id_persons")),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_movements_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint(
            "terminal",
            "journal_id",
            "sequence",
            "link",
            name=op.f("uq_movements_terminal_journal_id_sequence_link"),
        ),
    )
    op.create_index("ix_movements_person_id_occurred_at", "movements", ["person_id", "occurred_at"])
    op.create_table(
        "positions",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_positions_person_id_persons")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_positions_zone_id_zones")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_positions")),
    )
    op.create_index(op.f("ix_positions_zone_id"), "positions", ["zone_id"])
    op.create_table(
        "feed_items",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_items")),
        sqlite_autoincrement=True,
    )


def _make_roll() -> None:
    op.create_table(
        "roll_epochs",
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_roll_epochs")),
    )
    op.create_table(
        "roll_receipts",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_roll_receipts_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_receipts")),
    )
    op.create_index(op.f("ix_roll_receipts_terminal_id"), "roll_receipts", ["terminal_id"])


def _make_journals() -> None:
    op.create_table(
        "journals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("committed_link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("backed_up", sa.BigInteger(), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), nullable=False),
        sa.Column("first_heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_journals_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journals")),
        sa.UniqueConstraint("terminal_id", "journal_id", name=op.f("uq_journals_terminal_id_journal_id")),
    )
    op.create_table(
        "stored_entries",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("before", sa.LargeBinary(length=32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("canonical", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_stored_entries_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_entries")),
        sa.UniqueConstraint(
            "terminal_id",
            "journal_id",
            "sequence",
            "link",
            name=op.f("uq_stored_entries_terminal_id_journal_id_sequence_link"),
        ),
    )
    op.create_index(
        "uq_stored_entries_canonical",
        "stored_entries",
        ["terminal_id", "journal_id", "sequence"],
        unique=True,
        sqlite_where=sa.text("canonical"),
        postgresql_where=sa.text("canonical"),
    )
    op.create_table(
        "forks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("held_link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_forks_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forks")),
        sa.UniqueConstraint(
            "terminal_id",
            "journal_id",
            "sequence",
            "link",
            name=op.f("uq_forks_terminal_id_journal_id_sequence_link"),
        ),
    )
    op.create_table(
        "cut_tails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_cut_tails_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut_tails")),
        sa.UniqueConstraint(
            "terminal_id",
            "journal_id",
            "last",
            "held",
            name=op.f("uq_cut_tails_terminal_id_journal_id_last_held"),
        ),
    )
    op.create_table(
        "quarantined",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", _BIG, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["stored_entries.id"], name=op.f("fk_quarantined_entry_id_stored_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_quarantined_entry_id")),
    )


def _make_arrivals() -> None:
    op.create_table(
        "kept_aside",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_aside")),
    )
    op.create_index(op.f("ix_kept_aside_reason"), "kept_aside", ["reason"])
    op.create_table(
        "aside_counts",
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reason", name=op.f("pk_aside_counts")),
    )
    op.create_table(
        "boots",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        sa.Column("began_by_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_boots_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "boot_id", name=op.f("pk_boots")),
    )
