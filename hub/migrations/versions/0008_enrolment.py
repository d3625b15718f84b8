"""Guided enrolment at a desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards

revision = "0008_enrolment"
down_revision = "0007_referrals"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATUSES = "'OPEN', 'RECEIVED', 'UNDECIDED', 'REFUSED', 'STORED', 'SET_ASIDE', 'CANCELLED', 'EXPIRED'"
_APPEND_ONLY = ("desk_task_events", "desk_findings", "finger_takings", "unusable_fingers")
_TABLES = (
    "unusable_fingers",
    "finger_takings",
    "desk_reports",
    "desk_findings",
    "desk_parts",
    "desk_task_events",
    "desk_tasks",
)
"""In the order they can be dropped."""


def upgrade() -> None:
    _make_tasks()
    _make_arrivals()
    _make_facts()
    for table in _APPEND_ONLY:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)


def _make_tasks() -> None:
    op.create_table(
        "desk_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("positions", sa.String(length=40), nullable=False),
        sa.Column("impressions", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("parts", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("now_position", sa.Integer(), nullable=True),
        sa.Column("now_impressions", sa.Integer(), nullable=False),
        sa.Column("progress_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"status IN ({_STATUSES})", name=op.f("ck_desk_tasks_status")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_desk_tasks_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_desk_tasks_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_tasks")),
        sa.UniqueConstraint("task", name=op.f("uq_desk_tasks_task")),
    )
    for column in ("person_id", "terminal_id", "status"):
        op.create_index(op.f(f"ix_desk_tasks_{column}"), "desk_tasks", [column])
    op.create_table(
        "desk_task_events",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["desk_tasks.id"], name=op.f("fk_desk_task_events_task_id_desk_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_task_events")),
    )
    op.create_index(op.f("ix_desk_task_events_task_id"), "desk_task_events", ["task_id"])


def _make_arrivals() -> None:
    op.create_table(
        "desk_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["desk_tasks.id"], name=op.f("fk_desk_parts_task_id_desk_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_parts")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_desk_parts_task_id_position")),
    )
    op.create_table(
        "desk_reports",
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("book_epoch", sa.BigInteger(), nullable=False),
        sa.Column("book_counter", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_desk_reports_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_desk_reports")),
    )


def _make_facts() -> None:
    op.create_table(
        "desk_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("impressions", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["desk_tasks.id"], name=op.f("fk_desk_findings_task_id_desk_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_findings")),
    )
    op.create_index(op.f("ix_desk_findings_task_id"), "desk_findings", ["task_id"])
    op.create_table(
        "finger_takings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finger_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("sensor", sa.String(length=80), nullable=False),
        sa.Column("dpi", sa.Float(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("below", sa.Boolean(), nullable=False),
        sa.Column("keep", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["finger_id"], ["fingers.id"], name=op.f("fk_finger_takings_finger_id_fingers")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["desk_tasks.id"], name=op.f("fk_finger_takings_task_id_desk_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finger_takings")),
        sa.UniqueConstraint("finger_id", name=op.f("uq_finger_takings_finger_id")),
    )
    op.create_index(op.f("ix_finger_takings_task_id"), "finger_takings", ["task_id"])
    _make_unusable()


def _make_unusable() -> None:
    op.create_table(
        "unusable_fingers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_unusable_fingers_person_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["desk_tasks.id"], name=op.f("fk_unusable_fingers_task_id_desk_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unusable_fingers")),
    )
    op.create_index(op.f("ix_unusable_fingers_person_id"), "unusable_fingers", ["person_id"])
