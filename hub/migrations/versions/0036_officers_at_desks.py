"""Officers' fingers are taken at a desk as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0036_officers_at_desks"
down_revision = "0034_series_days"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tasks()
    op.create_table(
        "desk_officer_events",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["desk_officer_tasks.id"],
            name=op.f("fk_desk_officer_events_task_id_desk_officer_tasks"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_officer_events")),
    )
    op.create_index(op.f("ix_desk_officer_events_task_id"), "desk_officer_events", ["task_id"])
    op.create_table(
        "desk_officer_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["desk_officer_tasks.id"],
            name=op.f("fk_desk_officer_parts_task_id_desk_officer_tasks"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_officer_parts")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_desk_officer_parts_task_id_position")),
    )
    for statement in guards("desk_officer_events", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    for table in ("desk_officer_parts", "desk_officer_events", "desk_officer_tasks"):
        op.drop_table(table)


def _tasks() -> None:
    op.create_table(
        "desk_officer_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("positions", sa.String(length=40), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("parts", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_desk_officer_tasks_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_desk_officer_tasks_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_officer_tasks")),
        sa.UniqueConstraint("task", name=op.f("uq_desk_officer_tasks_task")),
    )
    for column in ("account_id", "terminal_id", "status"):
        op.create_index(op.f(f"ix_desk_officer_tasks_{column}"), "desk_officer_tasks", [column])
