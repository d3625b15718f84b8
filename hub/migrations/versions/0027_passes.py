"""Passes, series, groups, absences and convoys.

Long, because it is one step: these tables refer to each other, and a hub has all of them or none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0027_passes"
down_revision = "0026_whereabouts"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_KEPT = ("pass_rules", "pass_series_skips", "pass_clashes", "pass_steps", "escort_runs", "external_steps")


def upgrade() -> None:
    _pass_rules()
    _pass_series()
    _pass_series_people()
    _pass_series_skips()
    _pass_clashes()
    _pass_groups()
    _passes()
    _pass_steps()
    _escort_runs()
    _absence_authorisations()
    _convoys()
    _absence_occurrences()
    _external_steps()
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in (
        "external_steps",
        "absence_occurrences",
        "convoys",
        "absence_authorisations",
        "escort_runs",
        "pass_steps",
        "passes",
        "pass_groups",
        "pass_clashes",
        "pass_series_skips",
        "pass_series_people",
        "pass_series",
        "pass_rules",
    ):
        op.drop_table(table)


def _pass_rules() -> None:
    op.create_table(
        "pass_rules",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("early_s", sa.Integer(), nullable=False),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.Column("unaccounted_after_s", sa.Integer(), nullable=False),
        sa.Column("late_s", sa.Integer(), nullable=False),
        sa.Column("converge_s", sa.Integer(), nullable=False),
        sa.Column("plan_ahead_s", sa.Integer(), nullable=False),
        sa.Column("away_grace_s", sa.Integer(), nullable=False),
        sa.Column("not_left_after_s", sa.Integer(), nullable=False),
        sa.Column("way_s", sa.Integer(), nullable=False),
        sa.Column("away_lost_after_s", sa.Integer(), nullable=False),
        sa.Column("court_before_s", sa.Integer(), nullable=False),
        sa.Column("court_after_s", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_rules")),
    )


def _pass_series() -> None:
    op.create_table(
        "pass_series",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("from_zone_id", sa.Integer(), nullable=True),
        sa.Column("to_zone_id", sa.Integer(), nullable=False),
        sa.Column("from_s", sa.Integer(), nullable=False),
        sa.Column("there_s", sa.Integer(), nullable=False),
        sa.Column("until_s", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("escort", sa.String(length=8), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("end_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_zone_id"], ["zones.id"], name=op.f("fk_pass_series_from_zone_id_zones")
        ),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_pass_series_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_series")),
    )


def _pass_series_people() -> None:
    op.create_table(
        "pass_series_people",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("series_id", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("added_at", _AT, nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.Column("removed_at", _AT, nullable=True),
        sa.Column("removed_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_pass_series_people_person_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["pass_series.id"], name=op.f("fk_pass_series_people_series_id_pass_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_series_people")),
    )
    op.create_index(op.f("ix_pass_series_people_person_id"), "pass_series_people", ["person_id"])
    op.create_index(
        "uq_pass_series_people_open",
        "pass_series_people",
        ["series_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def _pass_series_skips() -> None:
    op.create_table(
        "pass_series_skips",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("series_id", BIG, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["pass_series.id"], name=op.f("fk_pass_series_skips_series_id_pass_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_series_skips")),
        sa.UniqueConstraint("series_id", "on", name=op.f("uq_pass_series_skips_series_id_on")),
    )


def _pass_clashes() -> None:
    op.create_table(
        "pass_clashes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("series_id", BIG, nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("to_zone_id", sa.Integer(), nullable=False),
        sa.Column("codes", sa.String(length=200), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_pass_clashes_person_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["pass_series.id"], name=op.f("fk_pass_clashes_series_id_pass_series")
        ),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_pass_clashes_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_clashes")),
        sa.UniqueConstraint("source", "person_id", name=op.f("uq_pass_clashes_source_person_id")),
    )
    op.create_index(op.f("ix_pass_clashes_on"), "pass_clashes", ["on"])


def _pass_groups() -> None:
    op.create_table(
        "pass_groups",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_groups")),
        sa.UniqueConstraint("source", name=op.f("uq_pass_groups_source")),
    )


def _passes() -> None:
    op.create_table(
        "passes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_zone_id", sa.Integer(), nullable=False),
        sa.Column("to_zone_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("escort", sa.String(length=8), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("series_id", BIG, nullable=True),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("from_at", _AT, nullable=False),
        sa.Column("there_at", _AT, nullable=False),
        sa.Column("until_at", _AT, nullable=False),
        sa.Column("one_way", sa.Boolean(), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.Column("departed_at", _AT, nullable=True),
        sa.Column("arrived_at", _AT, nullable=True),
        sa.Column("left_at", _AT, nullable=True),
        sa.Column("returned_at", _AT, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("leg", sa.String(length=4), nullable=False),
        sa.Column("state_at", _AT, nullable=False),
        sa.Column("next_at", _AT, nullable=True),
        sa.Column("seen_at", _AT, nullable=True),
        sa.Column("closed_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["from_zone_id"], ["zones.id"], name=op.f("fk_passes_from_zone_id_zones")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pass_groups.id"], name=op.f("fk_passes_group_id_pass_groups")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_passes_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["pass_series.id"], name=op.f("fk_passes_series_id_pass_series")
        ),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_passes_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
        sa.UniqueConstraint("source", "person_id", name=op.f("uq_passes_source_person_id")),
    )
    op.create_index("ix_passes_from_at", "passes", ["from_at"])
    op.create_index(op.f("ix_passes_group_id"), "passes", ["group_id"])
    op.create_index(
        "ix_passes_open",
        "passes",
        ["next_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_passes_person_id", "passes", ["person_id"])


def _pass_steps() -> None:
    op.create_table(
        "pass_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("pass_id", BIG, nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("occurred_at", _AT, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["pass_id"], ["passes.id"], name=op.f("fk_pass_steps_pass_id_passes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_steps")),
    )
    op.create_index("ix_pass_steps_pass_id", "pass_steps", ["pass_id"])


def _escort_runs() -> None:
    op.create_table(
        "escort_runs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=6), nullable=False),
        sa.Column("checkpoint", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("occurred_at", _AT, nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escort_runs")),
    )
    op.create_index("ix_escort_runs_group_id", "escort_runs", ["group_id"])


def _absence_authorisations() -> None:
    op.create_table(
        "absence_authorisations",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("where_to", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("conditions", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("leave_s", sa.Integer(), nullable=True),
        sa.Column("back_s", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", _AT, nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_absence_authorisations_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_absence_authorisations_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_authorisations")),
    )
    op.create_index(op.f("ix_absence_authorisations_person_id"), "absence_authorisations", ["person_id"])


def _convoys() -> None:
    op.create_table(
        "convoys",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("leave_at", _AT, nullable=False),
        sa.Column("due_back_at", _AT, nullable=False),
        sa.Column("vehicle", sa.String(length=40), nullable=False),
        sa.Column("driver", sa.String(length=80), nullable=False),
        sa.Column("escorts", sa.String(length=200), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convoys")),
    )


def _absence_occurrences() -> None:
    op.create_table(
        "absence_occurrences",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("authorisation_id", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("convoy_id", BIG, nullable=True),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("leave_at", _AT, nullable=False),
        sa.Column("due_back_at", _AT, nullable=False),
        sa.Column("escort", sa.String(length=120), nullable=False),
        sa.Column("papers", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("left_at", _AT, nullable=True),
        sa.Column("back_at", _AT, nullable=True),
        sa.Column("fact_item", sa.BigInteger(), nullable=True),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("next_at", _AT, nullable=True),
        sa.Column("closed_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["authorisation_id"],
            ["absence_authorisations.id"],
            name=op.f("fk_absence_occurrences_authorisation_id_absence_authorisations"),
        ),
        sa.ForeignKeyConstraint(
            ["convoy_id"], ["convoys.id"], name=op.f("fk_absence_occurrences_convoy_id_convoys")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_absence_occurrences_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_occurrences")),
        sa.UniqueConstraint("source", name=op.f("uq_absence_occurrences_source")),
    )
    op.create_index(
        op.f("ix_absence_occurrences_authorisation_id"), "absence_occurrences", ["authorisation_id"]
    )
    op.create_index(op.f("ix_absence_occurrences_convoy_id"), "absence_occurrences", ["convoy_id"])
    op.create_index(op.f("ix_absence_occurrences_fact_item"), "absence_occurrences", ["fact_item"])
    op.create_index("ix_absence_occurrences_leave_at", "absence_occurrences", ["leave_at"])
    op.create_index(
        "ix_absence_occurrences_open",
        "absence_occurrences",
        ["next_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_absence_occurrences_person_id"), "absence_occurrences", ["person_id"])


def _external_steps() -> None:
    op.create_table(
        "external_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=1), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("occurred_at", _AT, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_steps")),
    )
    op.create_index("ix_external_steps_subject", "external_steps", ["subject", "subject_id"])
