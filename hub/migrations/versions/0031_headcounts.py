"""Headcounts: units, slips, marks, out-counts, explanations, musters; and the order that holds gates.

Long, because it is one step: these tables refer to each other, and a hub has all of them or none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0031_headcounts"
down_revision = "0030_units"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_WITHOUT = "kind IN ('LOCKDOWN', 'EVACUATE', 'LET_THROUGH')"
_WITH = "kind IN ('LOCKDOWN', 'EVACUATE', 'LET_THROUGH', 'HOLD')"
_KEPT = (
    "headcount_steps",
    "headcount_slips",
    "headcount_marks",
    "out_count_steps",
    "headcount_rules",
    "muster_people",
    "muster_marks",
    "running_counts",
)
_STATES = ("headcount_explanations", "headcount_units", "headcounts", "musters")


def upgrade() -> None:
    _kinds_of_orders(_WITHOUT, _WITH)
    _counts()
    _said()
    _musters()
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Takes the tables away; an order that holds gates has to be over and out of the way before."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM site_orders WHERE kind = 'HOLD'")):
        raise RuntimeError(
            "Headcounts have held gates: the record of it is not thrown away. Restore a backup instead."
        )
    for table in (*_KEPT, *_STATES):
        op.drop_table(table)
    _kinds_of_orders(_WITH, _WITHOUT)


def _kinds_of_orders(before: str, after: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_site_orders_kind"), "site_orders", type_="check")
        op.create_check_constraint(op.f("ck_site_orders_kind"), "site_orders", after)
        return
    # A new table in its place would lose its guards and what points at it; a condition is text alone, and SQLite's
    # own manual changes it there.
    connection = op.get_bind()
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'site_orders'"),
        {"before": before, "after": after},
    )
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))


def _counts() -> None:
    op.create_table(
        "headcounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=True),
        sa.Column("announced_at", _AT, nullable=False),
        sa.Column("announced_by", sa.String(length=64), nullable=False),
        sa.Column("freeze_at", _AT, nullable=False),
        sa.Column("frozen_at", _AT, nullable=True),
        sa.Column("began_at", _AT, nullable=True),
        sa.Column("effective_at", _AT, nullable=True),
        sa.Column("cleared_at", _AT, nullable=True),
        sa.Column("cleared_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("order_number", sa.Integer(), nullable=True),
        sa.Column("paper", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcounts")),
        sa.UniqueConstraint("slot", name=op.f("uq_headcounts_slot")),
    )
    op.create_index(op.f("ix_headcounts_state"), "headcounts", ["state"])
    op.create_index(op.f("ix_headcounts_announced_at"), "headcounts", ["announced_at"])
    op.create_table(
        "headcount_units",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("headcount_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("recount", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("due_at", _AT, nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("observed", sa.Integer(), nullable=True),
        sa.Column("off", sa.Integer(), nullable=True),
        sa.Column("named_off", sa.Integer(), nullable=False),
        sa.Column("counted_at", _AT, nullable=True),
        sa.Column("warned_at", _AT, nullable=True),
        *_of("headcount_units", "headcount"),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_headcount_units_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_units")),
        sa.UniqueConstraint("headcount_id", "code", name=op.f("uq_headcount_units_headcount_id_code")),
    )
    op.create_table(
        "headcount_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("headcount_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        *_of("headcount_steps", "headcount"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_steps")),
    )
    op.create_index(op.f("ix_headcount_steps_headcount_id"), "headcount_steps", ["headcount_id"])
    op.create_table(
        "headcount_rules",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("effective_at", _AT, nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_rules")),
    )


def _said() -> None:
    """What terminals and pages tell of a count."""
    op.create_table(
        "headcount_slips",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("headcount_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("recount", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("first_counter", sa.String(length=64), nullable=False),
        sa.Column("second_counter", sa.String(length=64), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("signs_of_life", sa.Boolean(), nullable=False),
        sa.Column("vacant_beds", sa.Text(), nullable=False),
        sa.Column("remarks", sa.String(length=200), nullable=False),
        sa.Column("began_at", _AT, nullable=False),
        sa.Column("ended_at", _AT, nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("heard_at", _AT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("saw_totals", sa.Boolean(), nullable=False),
        *_key("headcount_slips"),
        *_of("headcount_slips", "headcount"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_slips")),
    )
    op.create_index("ix_headcount_slips_headcount_id_unit", "headcount_slips", ["headcount_id", "unit"])
    op.create_table(
        "headcount_marks",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("headcount_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("recount", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("heard_at", _AT, nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        *_key("headcount_marks"),
        *_of("headcount_marks", "headcount", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_marks")),
    )
    op.create_index("ix_headcount_marks_headcount_id_unit", "headcount_marks", ["headcount_id", "unit"])
    op.create_index(op.f("ix_headcount_marks_person_id"), "headcount_marks", ["person_id"])
    op.create_table(
        "out_count_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("headcount_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("heard_at", _AT, nullable=False),
        *_key("out_count_steps"),
        *_of("out_count_steps", "headcount", "person"),
        sa.CheckConstraint(
            "step IN ('DECLARED', 'ACCEPTED', 'WITHDRAWN')", name=op.f("ck_out_count_steps_step")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_out_count_steps")),
    )
    op.create_index(op.f("ix_out_count_steps_headcount_id"), "out_count_steps", ["headcount_id"])
    op.create_index(op.f("ix_out_count_steps_person_id"), "out_count_steps", ["person_id"])
    op.create_table(
        "headcount_explanations",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("headcount_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("officer", sa.String(length=80), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("stated_at", _AT, nullable=False),
        sa.Column("stated_by", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", _AT, nullable=True),
        sa.Column("accepted_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", _AT, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        *_of("headcount_explanations", "headcount", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_explanations")),
    )
    op.create_index(
        op.f("ix_headcount_explanations_headcount_id"), "headcount_explanations", ["headcount_id"]
    )


def _musters() -> None:
    op.create_table(
        "musters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("began_at", _AT, nullable=False),
        sa.Column("began_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("end_reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_musters")),
    )
    op.create_table(
        "muster_people",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("muster_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("proven_at", _AT, nullable=True),
        sa.Column("sure", sa.Boolean(), nullable=False),
        *_of("muster_people", "muster", "person"),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_muster_people_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_muster_people")),
        sa.UniqueConstraint("muster_id", "person_id", name=op.f("uq_muster_people_muster_id_person_id")),
    )
    op.create_table(
        "muster_marks",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("muster_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        *_of("muster_marks", "muster", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_muster_marks")),
    )
    op.create_index(op.f("ix_muster_marks_muster_id"), "muster_marks", ["muster_id"])
    op.create_table(
        "running_counts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("printer", sa.String(length=80), nullable=False),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_counts")),
    )
    op.create_index(op.f("ix_running_counts_made_at"), "running_counts", ["made_at"])


def _of(table: str, *owners: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{owner}_id"], [f"{owner}s.id"], name=op.f(f"fk_{table}_{owner}_id_{owner}s")
        )
        for owner in owners
    ]


def _key(table: str) -> list[sa.Column[object] | sa.UniqueConstraint]:
    """The journal entry that told it, once."""
    return [
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.UniqueConstraint(
            "terminal",
            "journal_id",
            "sequence",
            "link",
            name=op.f(f"uq_{table}_terminal_journal_id_sequence_link"),
        ),
    ]
