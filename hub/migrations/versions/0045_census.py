"""Corrections of what was told, with who had been told; and the weekly census with its lists and differences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0045_census"
down_revision = "0044_review"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_KEPT = (
    "corrections",
    "correction_hearers",
    "correction_told",
    "census_rules",
    "census_runs",
    "census_steps",
)


def upgrade() -> None:
    _corrections()
    _lists()
    _differences()
    _indexes()
    # The row that writers wait at: the first two, at once, would both want to make it.
    op.execute(sa.text("INSERT INTO counters (series, last) VALUES ('corrections', 0)"))
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM counters WHERE series = 'corrections'"))
    for table in (
        "census_steps",
        "census_differences",
        "census_runs",
        "census_lines",
        "census_lists",
        "census_rules",
        "correction_told",
        "correction_hearers",
        "corrections",
    ):
        op.drop_table(table)


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("fact_id", BIG, nullable=True),
        sa.Column("wrong_id", BIG, nullable=True),
        sa.Column("step_id", BIG, nullable=True),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("step_id", name=op.f("uq_corrections_step_id")),
        sa.UniqueConstraint("number", name=op.f("uq_corrections_number")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_corrections_fact_id")),
    )
    op.create_table(
        "correction_hearers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("correction_id", BIG, nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("exchange", sa.String(length=32), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("disclosures", sa.Text(), nullable=False),
        sa.Column("told_at", _TIME, nullable=False),
        sa.Column("agreement", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("delivery_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["corrections.id"],
            name=op.f("fk_correction_hearers_correction_id_corrections"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_hearers")),
        sa.UniqueConstraint(
            "correction_id",
            "agency",
            "exchange",
            name=op.f("uq_correction_hearers_correction_id_agency_exchange"),
        ),
    )
    op.create_table(
        "correction_told",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("hearer_id", BIG, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearer_id"],
            ["correction_hearers.id"],
            name=op.f("fk_correction_told_hearer_id_correction_hearers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_told")),
    )


def _lists() -> None:
    op.create_table(
        "census_rules",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("set_at", _TIME, nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_rules")),
    )
    op.create_table(
        "census_lists",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("agreement", sa.String(length=64), nullable=False),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_lists")),
        sa.UniqueConstraint("agency", "list_id", name=op.f("uq_census_lists_agency_list_id")),
    )
    op.create_table(
        "census_lines",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("list_id", BIG, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["census_lists.id"], name=op.f("fk_census_lines_list_id_census_lists")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_lines")),
        sa.UniqueConstraint("list_id", "line", name=op.f("uq_census_lines_list_id_line")),
    )


def _differences() -> None:
    op.create_table(
        "census_runs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("list_id", BIG, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_runs")),
    )
    op.create_table(
        "census_differences",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("sort", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("reason_code", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_differences")),
        sa.UniqueConstraint("agency", "sort", "key", name=op.f("uq_census_differences_agency_sort_key")),
    )
    op.create_table(
        "census_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("difference_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=8), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["difference_id"],
            ["census_differences.id"],
            name=op.f("fk_census_steps_difference_id_census_differences"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_steps")),
    )


def _indexes() -> None:
    op.create_index(op.f("ix_corrections_person_id"), "corrections", ["person", "id"])
    op.create_index(op.f("ix_correction_told_hearer_id"), "correction_told", ["hearer_id"])
    op.create_index(op.f("ix_census_rules_agency"), "census_rules", ["agency"])
    op.create_index(op.f("ix_census_runs_agency_week_on"), "census_runs", ["agency", "week_on"])
    op.create_index(op.f("ix_census_differences_person"), "census_differences", ["person"])
    op.create_index(op.f("ix_census_differences_state_due_at"), "census_differences", ["state", "due_at"])
    op.create_index(op.f("ix_census_steps_difference_id"), "census_steps", ["difference_id"])
