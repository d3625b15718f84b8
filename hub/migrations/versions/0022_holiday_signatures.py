"""A second person's signature under every holiday; those that are in force already stay so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0022_holiday_signatures"
down_revision = "0021_fact_salts"
branch_labels = None
depends_on = None

_KEEP_IN_FORCE = """
INSERT INTO holiday_decisions (holiday_id, act, "by", "at", reason)
SELECT id, 'accepted', 'operator', recorded_at, 'In force before a second signature was asked for'
FROM release_holidays WHERE withdraws_id IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "holiday_decisions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("holiday_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_decisions")),
        sa.UniqueConstraint("holiday_id", "act", name=op.f("uq_holiday_decisions_holiday_id_act")),
        sa.ForeignKeyConstraint(
            ["holiday_id"],
            ["release_holidays.id"],
            name=op.f("fk_holiday_decisions_holiday_id_release_holidays"),
        ),
    )
    op.execute(sa.text(_KEEP_IN_FORCE))
    for statement in guards("holiday_decisions", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    raise RuntimeError("Signatures are not thrown away: restore a backup instead.")
