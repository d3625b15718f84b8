"""Findings of the liberty docket and the court diary."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0014_docket"
down_revision = "0013_sentencing"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_APPEND_ONLY = ("finding_steps", "docket_limits", "docket_owners", "docket_runs", "finger_searches")


def upgrade() -> None:
    _findings()
    _steps()
    _data()
    _runs()
    _searches()
    for table in _APPEND_ONLY:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("check_code", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("subject", BIG, nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("opened_at", _AT, nullable=False),
        sa.Column("since_at", _AT, nullable=False),
        sa.Column("due_at", _AT, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("inputs", sa.String(length=32), nullable=False),
        sa.Column("fact_id", BIG, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("offered_to", sa.String(length=64), nullable=True),
        sa.Column("earlier_rule", sa.Boolean(), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("earlier_id", BIG, nullable=True),
        sa.Column("closed_at", _AT, nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("close_kind", sa.String(length=16), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_findings_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_findings_booking_id_bookings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_person_id"), "findings", ["person_id"])
    op.create_index(op.f("ix_findings_owner"), "findings", ["owner"])
    op.create_index("ix_findings_closed_at", "findings", ["closed_at"])
    op.create_index(
        "uq_findings_open",
        "findings",
        ["check_code", "person_id", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _steps() -> None:
    op.create_table(
        "finding_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("finding_id", BIG, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_finding_steps_finding_id_findings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_steps")),
    )
    op.create_index(op.f("ix_finding_steps_finding_id"), "finding_steps", ["finding_id"])


def _data() -> None:
    op.create_table(
        "docket_limits",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_docket_limits")),
    )
    op.create_index(op.f("ix_docket_limits_name"), "docket_limits", ["name"])
    op.create_table(
        "docket_owners",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("check_code", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_docket_owners")),
    )


def _runs() -> None:
    op.create_table(
        "docket_runs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fact_id", BIG, nullable=False),
        sa.Column("change_id", BIG, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("oldest_since_at", _AT, nullable=True),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_docket_runs")),
    )
    op.create_index(op.f("ix_docket_runs_at"), "docket_runs", ["at"])
    op.create_index(op.f("ix_docket_runs_day"), "docket_runs", ["day"])


def _searches() -> None:
    op.create_table(
        "finger_searches",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("finger_id", BIG, nullable=False),
        sa.Column("searched_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finger_searches")),
    )


def downgrade() -> None:
    for table in (*_APPEND_ONLY, "findings"):
        op.drop_table(table)
