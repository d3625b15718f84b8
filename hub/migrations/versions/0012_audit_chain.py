"""The audit trail as a chain; backups; retention, with one door through which the law's deletions go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards, unguard
from hub.database import BIG

revision = "0012_audit_chain"
down_revision = "0011_accounts_in_full"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_DOORS = {
    "facts": ("facts", "OLD.person_id"),
    "photos": ("biometrics", "OLD.person_id"),
    "finger_takings": ("biometrics", "(SELECT f.person_id FROM fingers f WHERE f.id = OLD.finger_id)"),
}


def upgrade() -> None:
    for column, length in (("role", 32), ("why", 200)):
        op.add_column(
            "audit_entries", sa.Column(column, sa.String(length), nullable=False, server_default="")
        )
    op.create_index(op.f("ix_audit_entries_actor"), "audit_entries", ["actor"])
    _chain()
    _backups()
    _rules()
    _runs()
    _guard()


def _chain() -> None:
    op.create_table(
        "audit_links",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("link", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_links_entry_id_audit_entries")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_links_entry_id")),
    )
    op.create_table(
        "audit_seals",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("link", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_at", _AT, nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
    )


def _backups() -> None:
    op.create_table(
        "backups",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("began_at", _AT, nullable=False),
        sa.Column("ended_at", _AT, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("restored", sa.Boolean(), nullable=False),
        sa.Column("journals", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )


def _rules() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("thing", sa.String(16), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=True),
        sa.Column("authority", sa.String(200), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", _AT, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("approved_at", _AT, nullable=True),
        sa.Column("approved_by", sa.String(64), nullable=True),
        sa.Column("refused_at", _AT, nullable=True),
        sa.Column("refused_by", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
    )
    op.create_index("ix_retention_rules_outcome_thing", "retention_rules", ["outcome", "thing"])


def _runs() -> None:
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("open_slot", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("confirmed_at", _AT, nullable=True),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("ended", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_retention_runs_open",
        "retention_runs",
        ["open_slot"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "retention_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(16), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("opened_at", _AT, nullable=True),
        sa.Column("done_at", _AT, nullable=True),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("note", sa.String(40), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_retention_items_{column}_{table}")
            )
            for column, table in (
                ("run_id", "retention_runs"),
                ("person_id", "persons"),
                ("rule_id", "retention_rules"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_items")),
        sa.UniqueConstraint(
            "run_id", "person_id", "thing", name=op.f("uq_retention_items_run_id_person_id_thing")
        ),
    )
    op.create_index("ix_retention_items_person_id_thing", "retention_items", ["person_id", "thing"])


def _guard() -> None:
    dialect = op.get_bind().dialect.name
    statements = [
        line for table in ("audit_links", "audit_seals", "backups") for line in guards(table, dialect)
    ]
    for table, (door, owner) in _DOORS.items():
        statements += [*unguard(table, dialect), *guards(table, dialect, door, owner)]
    for statement in statements:
        op.execute(sa.text(statement))


def downgrade() -> None:
    raise RuntimeError("The links of the trail are not undone: restore a backup instead.")
