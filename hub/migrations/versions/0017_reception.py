"""Cells, admissions under way and releases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0017_reception"
down_revision = "0016_merges"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_APPEND_ONLY = (
    "cell_terms",
    "admission_steps",
    "desk_look_events",
    "release_marks",
    "release_records",
    "release_doubts",
    "release_doubt_answers",
)
_TABLES = (
    "release_doubt_answers",
    "release_doubts",
    "release_records",
    "release_marks",
    "release_cases",
    "desk_look_events",
    "desk_looks",
    "admission_steps",
    "admission_images",
    "admissions_under_way",
    "cell_terms",
    "cells",
)
"""In the order they can be dropped."""


def upgrade() -> None:
    _make_cells()
    _make_admissions()
    _make_looks()
    _make_releases()
    for table in _APPEND_ONLY:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)


def _make_cells() -> None:
    op.create_table(
        "cells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_cells_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cells")),
        sa.UniqueConstraint("code", name=op.f("uq_cells_code")),
    )
    op.create_index(op.f("ix_cells_zone_id"), "cells", ["zone_id"])
    op.create_table(
        "cell_terms",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("tier", sa.String(length=80), nullable=False),
        sa.Column("certified", sa.Integer(), nullable=False),
        sa.Column("working", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("sexes", sa.String(length=3), nullable=False),
        sa.Column("ages", sa.String(length=8), nullable=False),
        sa.Column("statuses", sa.String(length=200), nullable=False),
        sa.Column("out_of_order", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name=op.f("fk_cell_terms_cell_id_cells")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_terms")),
    )
    op.create_index("ix_cell_terms_cell_id_id", "cell_terms", ["cell_id", "id"])


def _make_admissions() -> None:
    op.create_table(
        "admissions_under_way",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", _AT, nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ended_because", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_admissions_under_way_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admissions_under_way")),
        sa.UniqueConstraint("key", name=op.f("uq_admissions_under_way_key")),
    )
    op.create_index(op.f("ix_admissions_under_way_person_id"), "admissions_under_way", ["person_id"])
    op.create_index(op.f("ix_admissions_under_way_state"), "admissions_under_way", ["state"])
    op.create_table(
        "admission_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("under_way_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["under_way_id"],
            ["admissions_under_way.id"],
            name=op.f("fk_admission_images_under_way_id_admissions_under_way"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_images")),
        sa.UniqueConstraint(
            "under_way_id", "name", "number", name=op.f("uq_admission_images_under_way_id_name_number")
        ),
    )
    op.create_table(
        "admission_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("under_way_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["under_way_id"],
            ["admissions_under_way.id"],
            name=op.f("fk_admission_steps_under_way_id_admissions_under_way"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_steps")),
    )
    op.create_index(op.f("ix_admission_steps_under_way_id"), "admission_steps", ["under_way_id"])


def _make_looks() -> None:
    op.create_table(
        "desk_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("progress_at", _AT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("numbers", sa.String(length=200), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("answered_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_desk_looks_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_desk_looks_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_looks")),
        sa.UniqueConstraint("task", name=op.f("uq_desk_looks_task")),
    )
    op.create_index(op.f("ix_desk_looks_person_id"), "desk_looks", ["person_id"])
    op.create_index(op.f("ix_desk_looks_status"), "desk_looks", ["status"])
    op.create_index(op.f("ix_desk_looks_subject"), "desk_looks", ["subject"])
    op.create_index(op.f("ix_desk_looks_terminal_id"), "desk_looks", ["terminal_id"])
    op.create_table(
        "desk_look_events",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("look_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["look_id"], ["desk_looks.id"], name=op.f("fk_desk_look_events_look_id_desk_looks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_look_events")),
    )
    op.create_index(op.f("ix_desk_look_events_look_id"), "desk_look_events", ["look_id"])


def _make_releases() -> None:
    op.create_table(
        "release_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", _AT, nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("ended_because", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_release_cases_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_release_cases_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_cases")),
        sa.UniqueConstraint("key", name=op.f("uq_release_cases_key")),
    )
    op.create_index(op.f("ix_release_cases_booking_id"), "release_cases", ["booking_id"])
    op.create_index(op.f("ix_release_cases_person_id"), "release_cases", ["person_id"])
    op.create_index(op.f("ix_release_cases_state"), "release_cases", ["state"])
    op.create_index(
        "uq_release_cases_open",
        "release_cases",
        ["booking_id"],
        unique=True,
        sqlite_where=sa.text("state = 'OPEN'"),
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.create_table(
        "release_marks",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["release_cases.id"], name=op.f("fk_release_marks_case_id_release_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_marks")),
    )
    op.create_index(op.f("ix_release_marks_case_id"), "release_marks", ["case_id"])
    op.create_table(
        "release_records",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signed_at", _AT, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_release_records_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_release_records_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_records")),
    )
    op.create_index(op.f("ix_release_records_booking_id"), "release_records", ["booking_id"])
    op.create_index(op.f("ix_release_records_person_id"), "release_records", ["person_id"])
    op.create_table(
        "release_doubts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("found_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_release_doubts_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_release_doubts_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_doubts")),
        sa.UniqueConstraint(
            "booking_id", "what", "subject", name=op.f("uq_release_doubts_booking_id_what_subject")
        ),
    )
    op.create_index(op.f("ix_release_doubts_booking_id"), "release_doubts", ["booking_id"])
    op.create_index(op.f("ix_release_doubts_person_id"), "release_doubts", ["person_id"])
    op.create_table(
        "release_doubt_answers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("doubt_id", BIG, nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["doubt_id"], ["release_doubts.id"], name=op.f("fk_release_doubt_answers_doubt_id_release_doubts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_doubt_answers")),
        sa.UniqueConstraint("doubt_id", name=op.f("uq_release_doubt_answers_doubt_id")),
    )
