"""Two files joined and parted; visitors, incidents, slips, and what facts point to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0016_merges"
down_revision = "0015_documents"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_APPEND_ONLY = ("merge_steps", "visitor_steps", "incident_steps")
_TABLES = (
    "slips",
    "incident_steps",
    "incidents",
    "visitor_steps",
    "visitors",
    "fact_links",
    "joined_stays",
    "joined_persons",
    "merge_steps",
    "merge_cases",
)
"""In the order they can be dropped."""


def upgrade() -> None:
    _make_cases()
    _make_families()
    _make_links()
    _make_visitors()
    _make_incidents()
    _make_slips()
    for table in _APPEND_ONLY:
        _guard(table)
    _guard("slips", "facts")


def _guard(table: str, door: str | None = None) -> None:
    for statement in guards(table, op.get_bind().dialect.name, door):
        op.execute(sa.text(statement))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)


def _make_cases() -> None:
    op.create_table(
        "merge_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("found_by", sa.String(length=16), nullable=False),
        sa.Column("opened_at", _AT, nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["one_id"], ["persons.id"], name=op.f("fk_merge_cases_one_id_persons")),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_merge_cases_other_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_cases")),
    )
    for column in ("one_id", "other_id"):
        op.create_index(op.f(f"ix_merge_cases_{column}"), "merge_cases", [column])
    op.create_table(
        "merge_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("aside_id", sa.Integer(), nullable=True),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("moves", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["merge_cases.id"], name=op.f("fk_merge_steps_case_id_merge_cases")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["persons.id"], name=op.f("fk_merge_steps_lead_id_persons")),
        sa.ForeignKeyConstraint(["aside_id"], ["bookings.id"], name=op.f("fk_merge_steps_aside_id_bookings")),
        sa.ForeignKeyConstraint(["into_id"], ["bookings.id"], name=op.f("fk_merge_steps_into_id_bookings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_steps")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_merge_steps_case_id_number")),
    )


def _make_families() -> None:
    op.create_table(
        "joined_persons",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_joined_persons_person_id_persons")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["persons.id"], name=op.f("fk_joined_persons_lead_id_persons")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_joined_persons")),
    )
    op.create_index(op.f("ix_joined_persons_lead_id"), "joined_persons", ["lead_id"])
    op.create_table(
        "joined_stays",
        sa.Column("booking_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_joined_stays_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(["into_id"], ["bookings.id"], name=op.f("fk_joined_stays_into_id_bookings")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_joined_stays")),
    )
    op.create_index(op.f("ix_joined_stays_into_id"), "joined_stays", ["into_id"])


def _make_links() -> None:
    op.create_table(
        "fact_links",
        sa.Column("item", BIG, autoincrement=False, nullable=False),
        sa.Column("target", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_fact_links_person_id_persons")),
        sa.PrimaryKeyConstraint("item", "target", name=op.f("pk_fact_links")),
    )
    op.create_index("ix_fact_links_target_kind", "fact_links", ["target", "kind"])
    op.create_index("ix_fact_links_person_id_kind", "fact_links", ["person_id", "kind"])


def _make_visitors() -> None:
    op.create_table(
        "visitors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitors")),
        sa.UniqueConstraint("number", name=op.f("uq_visitors_number")),
    )
    _make_steps("visitor_steps", "visitor_id", "visitors")


def _make_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
    )
    _make_steps("incident_steps", "incident_id", "incidents")


def _make_steps(table: str, column: str, of: str) -> None:
    op.create_table(
        table,
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(column, "number", name=op.f(f"uq_{table}_{column}_number")),
    )


def _make_slips() -> None:
    op.create_table(
        "slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_slips_person_id_persons")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_slips_booking_id_bookings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint("number", name=op.f("uq_slips_number")),
    )
    op.create_index(op.f("ix_slips_person_id"), "slips", ["person_id"])
